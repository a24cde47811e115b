"""Parties: customers, suppliers, and everyone else we deal with."""
