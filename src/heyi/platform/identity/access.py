"""Who administers people, rights and tokens."""

from heyi.platform.access import MEMBER, Access

ADMINISTRATOR = "system.administrator"

USER = Access(
    type="identity.user",
    verbs={"read": {ADMINISTRATOR}, "edit": {ADMINISTRATOR}},
    company="seats__company",
)
POSITION = Access(
    type="identity.position", verbs={"read": {ADMINISTRATOR}, "edit": {ADMINISTRATOR}}
)
# Everybody makes tokens for themselves; administrators see and revoke those of the company.
TOKEN = Access(
    type="identity.apitoken",
    verbs={"read": {MEMBER}, "edit": {MEMBER}, "administer": {ADMINISTRATOR}},
)
EXPLANATION = Access(type="identity.explanation", verbs={"read": {ADMINISTRATOR}})
