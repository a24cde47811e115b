"""Saved views: how a person likes to look at a list, kept for them or shared with the company."""
