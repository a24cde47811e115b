"""Who may see and change parties."""

from heyi.platform.access import Access

PARTY = Access(
    type="party.party",
    verbs={
        "read": {
            "system.administrator",
            "audit.auditor",
            "finance.accountant",
            "inventory.keeper",
            "purchase.buyer",
            "purchase.manager",
            "sales.clerk",
            "sales.manager",
        },
        "edit": {"system.administrator", "purchase.buyer", "sales.clerk", "sales.manager"},
    },
    shared=True,
)
