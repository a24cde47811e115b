"""Sending mail."""

from heyi.platform.mail.letters import AddressMalformed, send

__all__ = ["AddressMalformed", "send"]
