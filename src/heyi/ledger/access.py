"""Who may see and change accounts, places, rules and periods, and read the books."""

from heyi.platform.access import Access

ACCOUNTANT, KEEPER = "finance.accountant", "inventory.keeper"
ADMINISTRATOR, AUDITOR = "system.administrator", "audit.auditor"
BUYER, PURCHASE_MANAGER = "purchase.buyer", "purchase.manager"
CLERK, SALES_MANAGER = "sales.clerk", "sales.manager"
EVERYBODY = {
    ADMINISTRATOR, AUDITOR, ACCOUNTANT, KEEPER, BUYER, PURCHASE_MANAGER, CLERK, SALES_MANAGER,
}  # fmt: skip

ACCOUNT = Access(
    type="ledger.account",
    verbs={"read": {ACCOUNTANT, ADMINISTRATOR, AUDITOR}, "edit": {ACCOUNTANT}},
)
LOCATION = Access(
    type="ledger.location",
    verbs={"read": EVERYBODY, "edit": {ADMINISTRATOR, KEEPER}},
)
AREA = Access(
    type="ledger.valuationarea",
    verbs={"read": {ACCOUNTANT, ADMINISTRATOR, AUDITOR, KEEPER}, "edit": {ADMINISTRATOR}},
)
RULE = Access(
    type="ledger.postingrule",
    verbs={"read": {ACCOUNTANT, ADMINISTRATOR, AUDITOR}, "edit": {ACCOUNTANT}},
)
PERIOD = Access(
    type="ledger.period",
    verbs={
        "read": {ACCOUNTANT, ADMINISTRATOR, AUDITOR},
        "close": {ACCOUNTANT},
        "reopen": {ACCOUNTANT},
    },
)
BOOKS = Access(
    type="ledger.books",
    verbs={"read": {ACCOUNTANT, ADMINISTRATOR, AUDITOR}},
)
STOCK = Access(
    type="ledger.stock",
    verbs={"read": EVERYBODY},
    fields={"value": {ACCOUNTANT, AUDITOR, PURCHASE_MANAGER}},
)
TAX = Access(
    type="ledger.taxcode",
    verbs={"read": EVERYBODY, "edit": {ACCOUNTANT}},
)
