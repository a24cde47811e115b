"""Heyi 合一: one system for manufacturers, from the quotation to the closed month."""

__version__ = "0.1.0"
