"""Telling people things."""

from heyi.platform.inbox.notices import MENTION, Tell, mark_read, notify, unread, unsay

__all__ = ["MENTION", "Tell", "mark_read", "notify", "unread", "unsay"]
