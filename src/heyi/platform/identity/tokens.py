"""Keys for programs: made by a person, for one company, for a few verbs, for a while."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from heyi.platform import clock
from heyi.platform.access import Access, Actor, NotFound
from heyi.platform.audit.api import Entry, record
from heyi.platform.identity.access import TOKEN
from heyi.platform.identity.actors import digest
from heyi.platform.identity.errors import ScopeUnknown
from heyi.platform.identity.models import ApiToken

LONGEST_DAYS = 730
_HINT = 10  # "heyi_" and five characters


def scopes_of(actor: Actor) -> list[str]:
    """What the actor may grant to a token: every verb they have themselves, by type and name."""
    return sorted(
        f"{access.type}:{verb}"
        for access in Access.registry.values()
        for verb in access.verbs
        if access.allows(actor, verb)
    )


@transaction.atomic
def make(actor: Actor, name: str, scopes: Iterable[str], days: int) -> tuple[ApiToken, str]:
    """A new token and its secret, which is shown this once and kept nowhere.

    Raises:
        NotAllowed: By a token: tokens do not multiply.
        ScopeUnknown: A scope does not exist, or the person does not have it.
    """
    TOKEN.require(actor, "edit")
    wanted = sorted(set(scopes))
    if unknown := sorted(set(wanted) - set(scopes_of(actor))):
        raise ScopeUnknown(unknown)
    secret = "heyi_" + secrets.token_urlsafe(32)
    now = clock.world()
    token = ApiToken.objects.create(
        user_id=actor.id,
        company_id=actor.company,
        name=name.strip(),
        digest=digest(secret),
        hint=secret[:_HINT],
        scopes=wanted,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    _note("token_made", token, actor, {"name": (None, token.name), "scopes": (None, wanted)})
    return token, secret


def of(actor: Actor, *, everybodys: bool = False) -> list[ApiToken]:
    """The person's tokens in the company, newest first; for an administrator also everybody's."""
    rows = ApiToken.objects.filter(company=actor.company).select_related("user").order_by("-pk")
    if everybodys:
        TOKEN.require(actor, "administer")
        return list(rows)
    TOKEN.require(actor, "read")
    return list(rows.filter(user=actor.id))


@transaction.atomic
def revoke(actor: Actor, token: int) -> None:
    """End a token now.

    Raises:
        NotFound: It is not theirs, and they are no administrator of its company.
    """
    TOKEN.require(actor, "edit")
    rows = ApiToken.objects.filter(company=actor.company, pk=token)
    if not TOKEN.allows(actor, "administer"):
        rows = rows.filter(user=actor.id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound("identity.apitoken", [token])
    if found.revoked_at is None:
        found.revoked_at = clock.world()
        found.save(update_fields=["revoked_at"])
        _note("token_revoked", found, actor, {})


def _note(action: str, token: ApiToken, actor: Actor, changes: dict) -> None:
    record([Entry(action, "identity.apitoken", token.pk, changes)], actor=actor)
