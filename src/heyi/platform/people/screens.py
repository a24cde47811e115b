"""What people see of departments and employees."""

from heyi.kernel.screens import Field, Listing, Lookup, Screen, section

DEPARTMENT = Screen(
    id="people.department",
    model="people.Department",
    group="masters",
    listing=Listing(
        columns=("code", "name", "parent", "head", "active"), filters=("parent", "active"),
        search=("code", "name", "initials"), order=("code",),
    ),
    sections=(
        section("department", "code", "name", Field("parent", lookup="people.department"),
                Field("head", lookup="people.employee"), "active"),
    ),
)
EMPLOYEE = Screen(
    id="people.employee",
    model="people.Employee",
    group="masters",
    listing=Listing(
        columns=("code", "name", "department", "title", "user", "active"), filters=("department", "active"),
        search=("code", "name", "initials", "title"), order=("code",),
    ),
    sections=(
        section("employee", "code", "name", Field("department", lookup="people.department"), "title", "active"),
        section("links", Field("user", lookup="identity.user"), Field("party", lookup="party.party")),
    ),
    panels=("platform.attachments", "platform.comments"),
)

DEPARTMENTS = Lookup(id="people.department", model="people.Department", filter={"active": True})
EMPLOYEES = Lookup(
    id="people.employee", model="people.Employee", show=("code", "name", "department.name"),
    filter={"active": True},
)
