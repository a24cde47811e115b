"""Attachments of records."""

from heyi.platform.files.attachments import attach, attachments, open_file, receive, withdraw
from heyi.platform.files.store import Stored

__all__ = ["Stored", "attach", "attachments", "open_file", "receive", "withdraw"]
