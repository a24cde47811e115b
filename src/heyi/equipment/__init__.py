"""Machines, their care and their calibration."""
