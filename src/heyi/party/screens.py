"""What people see of parties."""

from heyi.kernel.screens import Listing, Lookup, Screen, section

PARTY = Screen(
    id="party.party",
    model="party.Party",
    group="masters",
    listing=Listing(
        columns=("code", "name", "is_customer", "is_supplier", "phone", "tax_number", "active"),
        filters=("is_customer", "is_supplier", "active"),
        search=("code", "name", "initials", "phone", "tax_number"),
        presets={"customers": {"is_customer": True}, "suppliers": {"is_supplier": True}},
        order=("code",),
    ),
    sections=(
        section("party", "code", "name", "tax_number", "active"),
        section("role", "is_customer", "is_supplier"),
        section("contact", "phone", "email", "address"),
    ),
    panels=("platform.attachments", "platform.comments"),
)

SUPPLIERS = Lookup(id="party.supplier", model="party.Party", filter={"is_supplier": True, "active": True})
CUSTOMERS = Lookup(id="party.customer", model="party.Party", filter={"is_customer": True, "active": True})
PARTIES = Lookup(id="party.party", model="party.Party", filter={"active": True})
