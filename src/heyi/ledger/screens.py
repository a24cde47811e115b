"""What people see of accounts, places and posting rules."""

from heyi.kernel.screens import Field, Listing, Lookup, Screen, section

ACCOUNT = Screen(
    id="ledger.account",
    model="ledger.Account",
    group="setup",
    listing=Listing(
        columns=("code", "name", "category", "direction", "control", "leaf", "active"),
        filters=("category", "leaf", "active"),
        search=("code",),
        order=("code",),
    ),
    sections=(
        section("account", "code", "name", Field("parent", lookup="ledger.account"), "active"),
        section("kind", "category", "direction", "two_sided", Field("leaf", edit="never")),
        section("keeps", "dimensions", "keeps_currency", "keeps_quantity", Field("role", edit="never"), Field("control", edit="never")),
    ),
)
LOCATION = Screen(
    id="ledger.location",
    model="ledger.Location",
    group="setup",
    listing=Listing(columns=("code", "name", "area", "negative", "active"), filters=("area", "active"), search=("code", "name", "initials"), order=("code",)),
    sections=(section("location", "code", "name", Field("area", lookup="ledger.area"), "negative", "active"),),
)
AREA = Screen(
    id="ledger.valuationarea",
    model="ledger.ValuationArea",
    group="setup",
    listing=Listing(columns=("code", "name", "active"), search=("code", "name"), order=("code",)),
    sections=(section("area", "code", "name", "active"),),
)
RULE = Screen(
    id="ledger.postingrule",
    model="ledger.PostingRule",
    group="setup",
    listing=Listing(
        columns=("purpose", "category", "location", "valid_from", "valid_to", "stock", "counterpart", "variance"),
        filters=("purpose", "category", "location"),
        search=("purpose",),
        order=("purpose", "id"),
    ),
    sections=(
        section("applies", "purpose", Field("category", lookup="product.category"), Field("location", lookup="ledger.warehouse"), "valid_from", "valid_to"),
        section("accounts", Field("stock", lookup="ledger.account"), Field("counterpart", lookup="ledger.account"), Field("variance", lookup="ledger.account")),
    ),
)

WAREHOUSES = Lookup(id="ledger.warehouse", model="ledger.Location", filter={"active": True, "area__isnull": False})
AREAS = Lookup(id="ledger.area", model="ledger.ValuationArea", search=("code", "name"), filter={"active": True})
ACCOUNTS = Lookup(id="ledger.account", model="ledger.Account", search=("code",), show=("code", "name"), filter={"active": True})

TAX = Screen(
    id="ledger.taxcode",
    model="ledger.TaxCode",
    group="setup",
    listing=Listing(columns=("code", "name", "method", "active"), filters=("method", "active"), search=("code",), order=("code",)),
    sections=(section("tax", "code", "name", "method", "active"),),
)
TAXES = Lookup(id="ledger.taxcode", model="ledger.TaxCode", search=("code",), filter={"active": True})
