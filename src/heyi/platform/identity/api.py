"""What others may use of identity."""

from heyi.platform.identity.actors import (
    Auth,
    Presence,
    actor_of,
    auth,
    language_of,
    presence_of,
    presences,
)
from heyi.platform.identity.explain import Explanation, Reason, explain
from heyi.platform.identity.holders import actors, holders
from heyi.platform.identity.users import (
    all_roles,
    create_user,
    drop_second_factor,
    grant,
    revoke,
    set_password,
    sign_out,
    switch_off,
    switch_on,
)

__all__ = [
    "Auth", "Explanation", "Presence", "Reason", "actor_of", "actors", "all_roles", "auth",
    "create_user", "drop_second_factor", "explain", "grant", "holders", "language_of",
    "presence_of", "presences", "revoke", "set_password", "sign_out", "switch_off", "switch_on",
]  # fmt: skip
