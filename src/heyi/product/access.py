"""Who may see and change products."""

from heyi.platform.access import Access

ADMINISTRATOR, AUDITOR = "system.administrator", "audit.auditor"
ACCOUNTANT, KEEPER = "finance.accountant", "inventory.keeper"
BUYER, PURCHASE_MANAGER = "purchase.buyer", "purchase.manager"
CLERK, SALES_MANAGER = "sales.clerk", "sales.manager"
EVERYBODY = {
    ADMINISTRATOR,
    AUDITOR,
    ACCOUNTANT,
    KEEPER,
    BUYER,
    PURCHASE_MANAGER,
    CLERK,
    SALES_MANAGER,
}

PRODUCT = Access(
    type="product.product",
    verbs={"read": EVERYBODY, "edit": {ADMINISTRATOR, BUYER, SALES_MANAGER}},
    fields={"standard": {ADMINISTRATOR, AUDITOR, ACCOUNTANT}},
    shared=True,
)
CATEGORY = Access(
    type="product.category",
    verbs={"read": EVERYBODY, "edit": {ADMINISTRATOR, ACCOUNTANT}},
    shared=True,
)
UNIT = Access(type="product.unit", verbs={"read": EVERYBODY, "edit": {ADMINISTRATOR}}, shared=True)
