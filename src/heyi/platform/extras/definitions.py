"""Declaring, changing and retiring a field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.db.models import F, Model

from heyi.platform import modules
from heyi.platform.access import Actor, NotFound
from heyi.platform.audit.api import Entry, differences, record
from heyi.platform.clock import now
from heyi.platform.extras.access import EXTRAS
from heyi.platform.extras.errors import (
    ChoiceUsed,
    DefinitionStale,
    FieldExists,
    FieldMalformed,
    KeyMalformed,
    KindFixed,
    NoPlaceForFields,
    TooManyFields,
    WordsMissing,
)
from heyi.platform.extras.fields import KINDS, LONGEST, MOST_CHOICES, MOST_DECIMALS, MOST_FIELDS
from heyi.platform.extras.models import Definition
from heyi.platform.models import Company

LANGUAGES = ("zh_hant", "zh_hans", "en")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SAID = (
    "kind", "texts", "required", "decimals", "max_length", "choices", "place", "retired",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """A field as somebody wants it; the parts are those of `ExtraField`."""

    key: str
    kind: str
    texts: dict[str, str]
    on: Literal["header", "lines"] = "header"
    required: bool = False
    decimals: int | None = None
    max_length: int | None = None
    choices: Sequence[dict[str, Any]] = field(default_factory=list)
    place: int = 0
    retired: bool = False


def definitions(screen: str, *, actor: Actor) -> list[Definition]:
    """All fields of a screen, the retired too, for the person who looks after them."""
    EXTRAS.require(actor, "read")
    return list(
        Definition.objects.filter(company=actor.company, screen=screen).order_by(
            "on", "place", "pk"
        )
    )


@transaction.atomic
def declare(screen: str, wish: Wish, *, actor: Actor) -> Definition:
    """Add a field to a screen of the actor's company. It is there at once, everywhere.

    Raises:
        NoPlaceForFields, KeyMalformed, FieldExists, WordsMissing, FieldMalformed, TooManyFields
    """
    EXTRAS.require(actor, "edit")
    _check_place(screen, wish.on)
    _check(wish)
    others = Definition.objects.filter(company=actor.company, screen=screen)
    if others.filter(on=wish.on, key=wish.key).exists():
        raise FieldExists(wish.key)
    if others.filter(retired=False).count() >= MOST_FIELDS:
        raise TooManyFields(MOST_FIELDS)
    made = Definition.objects.create(
        company_id=actor.company, screen=screen, on=wish.on, key=wish.key,
        changed_by=actor.id, **_said(wish),
    )  # fmt: skip
    changes = differences({}, {"screen": screen, "key": wish.key, "on": wish.on, **_said(wish)})
    _tell(actor, Entry("create", EXTRAS.type, made.pk, changes))
    return made


@transaction.atomic
def change(id: int, version: int, wish: Wish, *, actor: Actor) -> Definition:
    """Say something else about a field: words, limits, choices, order, retired or not.

    Raises:
        NotFound: No such field in the actor's company.
        KindFixed, ChoiceUsed, DefinitionStale, WordsMissing, FieldMalformed
    """
    EXTRAS.require(actor, "edit")
    held = Definition.objects.select_for_update().filter(pk=id, company=actor.company).first()
    if held is None:
        raise NotFound(EXTRAS.type, [id])
    if held.version != version:
        raise DefinitionStale(held.key)
    if (held.kind, held.key, held.on) != (wish.kind, wish.key, wish.on):
        raise KindFixed(held.key, held.kind)
    _check(wish)
    kept = {c["value"] for c in wish.choices}
    if gone := [c["value"] for c in held.choices if c["value"] not in kept]:
        raise ChoiceUsed(gone)
    before, after = {name: getattr(held, name) for name in _SAID}, _said(wish)
    if changes := differences(before, after):
        Definition.objects.filter(pk=id).update(
            version=F("version") + 1, changed_by=actor.id, changed_at=now(), **after
        )
        _tell(actor, Entry("edit", EXTRAS.type, id, changes))
    held.refresh_from_db()
    return held


def _tell(actor: Actor, entry: Entry) -> None:
    """Audit, and give the company's row a new version: what others keep of it is old now."""
    record([entry], actor=actor)
    Company.objects.filter(pk=actor.company).update(version=F("version") + 1)


def _said(wish: Wish) -> dict[str, Any]:
    said = {name: getattr(wish, name) for name in _SAID}
    return {**said, "choices": [dict(c) for c in wish.choices]}


def _check_place(screen: str, on: str) -> None:
    declared = modules.screens().get(screen)
    if declared is None or not declared.editable or (on == "lines" and declared.lines is None):
        raise NoPlaceForFields(screen)
    model: type[Model] = apps.get_model(declared.model)
    try:
        if on == "lines" and declared.lines is not None:
            model = model._meta.get_field(declared.lines.path).related_model  # type: ignore[assignment]
        model._meta.get_field("extra")
    except FieldDoesNotExist:
        raise NoPlaceForFields(screen) from None


def _check(wish: Wish) -> None:
    if not _KEY.fullmatch(wish.key):
        raise KeyMalformed(wish.key)
    spoken = [wish.texts, *(c.get("texts") or {} for c in wish.choices)]
    missing = [x for x in LANGUAGES if any(not str(t.get(x) or "").strip() for t in spoken)]
    if missing:
        raise WordsMissing(missing)
    if too_long := [t for texts in spoken for t in texts.values() if len(str(t)) > 60]:
        raise FieldMalformed(too_long[0][:60])
    if wish.kind not in KINDS:
        raise FieldMalformed("kind")
    if wish.kind == "decimal" and not 0 <= (wish.decimals or 0) <= MOST_DECIMALS:
        raise FieldMalformed("decimals")
    if wish.kind == "text" and not 1 <= (wish.max_length or 1) <= LONGEST:
        raise FieldMalformed("max_length")
    values = [str(c.get("value") or "") for c in wish.choices]
    named = all(_KEY.fullmatch(value) for value in values) and len(set(values)) == len(values)
    if bool(values) != (wish.kind == "choice") or not named or len(values) > MOST_CHOICES:
        raise FieldMalformed("choices")
