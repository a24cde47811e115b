"""Inspection, and what is done with what fails it."""
