"""What people see of deliveries."""

from heyi.kernel.screens import Action, Field, Lines, Listing, Screen, section

DELIVERY = Screen(
    id="sales.delivery",
    model="sales.Delivery",
    listing=Listing(
        columns=("number", "on", "customer", "warehouse", "reference", "state"),
        filters=("state", "customer", "warehouse", "on"),
        search=("number", "customer.name", "customer.code", "reference"),
        presets={
            "to_post": {"state": ["approved"]},
            "open": {"state": ["draft", "submitted", "approved"]},
            "today": {"on": "@today"},
        },
        order=("-on", "-id"),
    ),
    sections=(
        section("customer", Field("customer", lookup="party.customer"), "reference"),
        section("terms", "on", Field("warehouse", lookup="ledger.warehouse")),
        section("more", "note"),
    ),
    lines=Lines(
        path="lines",
        columns=(
            Field("product", lookup="product.product"), Field("quantity_unit"),
            Field("unit", lookup="product.unit", required=False), Field("lot_code"), Field("note"),
        ),
    ),
    actions=(
        Action("submit", key="mod+enter"), Action("approve", key="mod+enter"), Action("post", key="mod+enter"),
        Action("withdraw"), Action("reject", reason=True), Action("cancel", confirm=True, reason=True),
        Action("reverse", confirm=True, reason=True),
    ),
    panels=("platform.log", "platform.postings", "platform.comments", "platform.attachments"),
    prints=("sales.delivery",),
)
