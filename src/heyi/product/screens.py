"""What people see of products."""

from heyi.kernel.screens import Field, Lines, Listing, Lookup, Screen, section

PRODUCT = Screen(
    id="product.product",
    model="product.Product",
    group="masters",
    listing=Listing(
        columns=("code", "name", "specification", "category", "unit", "price", "tracking", "active"),
        filters=("category", "tracking", "active"),
        search=("code", "name", "initials", "barcode"),
        order=("code",),
    ),
    sections=(
        section("product", "code", "name", "specification", "barcode", "active"),
        section("stock", Field("category", lookup="product.category"), Field("unit", lookup="product.unit"), "tracking", "negative"),
        section("money", "price", "standard"),
    ),
    lines=Lines(
        path="units",
        columns=(Field("unit", lookup="product.unit"), "numerator", "denominator"),
        enter="unit",
    ),
    panels=("platform.attachments", "platform.comments"),
)
CATEGORY = Screen(
    id="product.category",
    model="product.Category",
    group="setup",
    listing=Listing(columns=("code", "name", "costing", "by_lot", "active"), search=("code", "name", "initials"), order=("code",)),
    sections=(section("category", "code", "name", "costing", "by_lot", "active"),),
)
UNIT = Screen(
    id="product.unit",
    model="product.Unit",
    group="setup",
    listing=Listing(columns=("code", "name", "decimals", "active"), search=("code", "name"), order=("code",)),
    sections=(section("unit", "code", "name", "decimals", "active"),),
)

PRODUCTS = Lookup(
    id="product.product", model="product.Product",
    search=("code", "name", "initials", "barcode"), show=("code", "name", "specification", "unit.code"),
    filter={"active": True},
)
CATEGORIES = Lookup(id="product.category", model="product.Category", filter={"active": True})
UNITS = Lookup(id="product.unit", model="product.Unit", filter={"active": True})
