"""Everybody keeps views of their own; sharing one with the company is for those who set it up."""

from heyi.platform.access import MEMBER, Access

VIEW = Access(
    type="views.view",
    verbs={
        "read": {MEMBER},
        "edit": {MEMBER},
        "share": {"system.administrator", "purchase.manager", "sales.manager"},
    },
)
