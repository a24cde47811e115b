"""What people see of goods receipts."""

from heyi.kernel.screens import Action, Field, Lines, Listing, Screen, section

RECEIPT = Screen(
    id="purchase.receipt",
    model="purchase.Receipt",
    listing=Listing(
        columns=("number", "on", "supplier", "warehouse", "reference", "value", "state"),
        filters=("state", "supplier", "warehouse", "on", "value"),
        search=("number", "supplier.name", "supplier.code", "reference"),
        presets={
            "to_post": {"state": ["approved"]},
            "open": {"state": ["draft", "submitted", "approved"]},
            "today": {"on": "@today"},
        },
        order=("-on", "-id"),
    ),
    sections=(
        section("supplier", Field("supplier", lookup="party.supplier"), "reference"),
        section("terms", "on", Field("warehouse", lookup="ledger.warehouse")),
        section("more", "note"),
    ),
    lines=Lines(
        path="lines",
        columns=(
            Field("product", lookup="product.product"), Field("quantity_unit"),
            Field("unit", lookup="product.unit", required=False), Field("price"),
            Field("value", edit="never"), Field("lot_code"), Field("expires_on"), Field("note"),
        ),
        totals=("value",),
    ),
    actions=(
        Action("submit", key="mod+enter"), Action("approve", key="mod+enter"), Action("post", key="mod+enter"),
        Action("withdraw"), Action("reject", reason=True), Action("cancel", confirm=True, reason=True),
        Action("reverse", confirm=True, reason=True),
    ),
    panels=("platform.log", "platform.postings", "platform.comments", "platform.attachments"),
    prints=("purchase.receipt",),
)
