"""What others may use of the extra fields."""

from heyi.platform.extras.definitions import Wish, change, declare, definitions
from heyi.platform.extras.fields import Choice, ExtraField, extra_fields

__all__ = [
    "Choice", "ExtraField", "Wish", "change", "declare", "definitions", "extra_fields",
]  # fmt: skip
