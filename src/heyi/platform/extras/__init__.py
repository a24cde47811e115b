"""Fields a customer adds to a screen: declared as data, kept in `extra`, treated like our own."""
