CALL platform_freeze('sales_delivery', 'sales_deliveryline', 'delivery_id');
