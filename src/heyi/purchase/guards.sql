CALL platform_freeze('purchase_receipt', 'purchase_receiptline', 'receipt_id');
