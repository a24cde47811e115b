"""What others may use of identity."""

from heyi.platform.identity.actors import (
    Auth,
    Presence,
    actor_of,
    auth,
    language_of,
    presence_of,
)
from heyi.platform.identity.users import all_roles, create_user, grant, set_password, switch_off

__all__ = [
    "Auth", "Presence", "actor_of", "all_roles", "auth", "create_user", "grant", "language_of",
    "presence_of", "set_password", "switch_off",
]  # fmt: skip
