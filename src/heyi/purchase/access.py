"""Who may do what with goods receipts."""

from django.db.models import Q

from heyi.platform.access import Access

BUYER, MANAGER = "purchase.buyer", "purchase.manager"
KEEPER, ACCOUNTANT = "inventory.keeper", "finance.accountant"
ADMINISTRATOR, AUDITOR = "system.administrator", "audit.auditor"

RECEIPT = Access(
    type="purchase.receipt",
    verbs={
        "read": {BUYER, MANAGER, KEEPER, ACCOUNTANT, ADMINISTRATOR, AUDITOR},
        "edit": {BUYER, KEEPER},
        "submit": {BUYER, KEEPER},
        "withdraw": {BUYER, KEEPER},
        "reject": {MANAGER},
        "approve": {MANAGER},
        "cancel": {BUYER, KEEPER, MANAGER},
        "post": {KEEPER},
        "reverse": {MANAGER, ACCOUNTANT},
    },
    rows={
        KEEPER: lambda who: (
            Q(warehouse__in=who.reach["warehouse"]) if "warehouse" in who.reach else Q()
        )
    },
    never_same_person=(("submit", "approve"),),
)
