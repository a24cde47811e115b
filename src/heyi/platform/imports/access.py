"""Whoever may enter records on a screen may import them there; the batches are seen by them too."""

from heyi.platform.access import MEMBER, Access

BATCH = Access(
    type="imports.batch",
    verbs={"read": {MEMBER}, "edit": {MEMBER}},
)
