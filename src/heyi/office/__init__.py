"""Approvals in depth, announcements, meetings, requests."""
