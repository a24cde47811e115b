"""Documents native to the stock ledger: receipts, deliveries, transfers, counts."""
