"""Saying things about records."""

from heyi.platform.comments.talk import comments, say, withdraw

__all__ = ["comments", "say", "withdraw"]
