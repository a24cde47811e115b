"""Telling people things."""

from heyi.platform.inbox.notices import MENTION, Tell, mark_read, notify, settled, unread, unsay

__all__ = ["MENTION", "Tell", "mark_read", "notify", "settled", "unread", "unsay"]
