"""Who may declare fields."""

from heyi.platform.access import Access

EXTRAS = Access(
    type="extras.field",
    verbs={
        "read": {"system.administrator", "audit.auditor"},
        "edit": {"system.administrator"},
    },
)
