"""Who may do what with deliveries."""

from django.db.models import Q

from heyi.platform.access import Access

CLERK, MANAGER = "sales.clerk", "sales.manager"
KEEPER, ACCOUNTANT = "inventory.keeper", "finance.accountant"
ADMINISTRATOR, AUDITOR = "system.administrator", "audit.auditor"

DELIVERY = Access(
    type="sales.delivery",
    verbs={
        "read": {CLERK, MANAGER, KEEPER, ACCOUNTANT, ADMINISTRATOR, AUDITOR},
        "edit": {CLERK, KEEPER},
        "submit": {CLERK, KEEPER},
        "withdraw": {CLERK, KEEPER},
        "reject": {MANAGER},
        "approve": {MANAGER},
        "cancel": {CLERK, KEEPER, MANAGER},
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
