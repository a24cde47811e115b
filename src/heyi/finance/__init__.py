"""Documents native to the general ledger: vouchers, invoices, payments, the close."""
