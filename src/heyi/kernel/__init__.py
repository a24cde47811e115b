"""The vocabulary everything shares. Pure Python: no framework, no database, no clock."""
