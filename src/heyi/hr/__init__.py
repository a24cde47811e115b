"""People: contracts, time, pay."""
