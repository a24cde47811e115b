"""Files attached to records: kept once by content, named safely, looked at before anyone opens them."""
