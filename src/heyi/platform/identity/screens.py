"""What people see of positions."""

from heyi.kernel.screens import Listing, Lookup, Screen, section

POSITION = Screen(
    id="identity.position",
    model="identity.Position",
    group="setup",
    listing=Listing(
        columns=("code", "name", "roles", "active"), filters=("active",),
        search=("code", "name", "initials"), order=("code",),
    ),
    sections=(section("position", "code", "name", "roles", "active"),),
)
POSITIONS = Lookup(id="identity.position", model="identity.Position", filter={"active": True})
USERS = Lookup(
    id="identity.user", model="identity.User", search=("login", "name"), show=("login", "name"),
    filter={"active": True},
)
