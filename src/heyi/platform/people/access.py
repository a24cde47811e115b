"""The directory is everybody's to read; administrators keep it."""

from heyi.platform.access import MEMBER, Access

ADMINISTRATOR = "system.administrator"

DEPARTMENT = Access(
    type="people.department", verbs={"read": {MEMBER, ADMINISTRATOR}, "edit": {ADMINISTRATOR}}
)
EMPLOYEE = Access(
    type="people.employee",
    verbs={"read": {MEMBER, ADMINISTRATOR}, "edit": {ADMINISTRATOR}},
    fields={"party": {ADMINISTRATOR}},
)
