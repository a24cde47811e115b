"""Keeping, changing and choosing views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from heyi.platform.access import Actor, NotAllowed, NotFound
from heyi.platform.audit.api import Entry, record
from heyi.platform.clock import now
from heyi.platform.lists import Query, page
from heyi.platform.screens import Compiled, asked_for
from heyi.platform.values import printable
from heyi.platform.views.access import VIEW
from heyi.platform.views.errors import (
    ColumnsMalformed,
    NameMalformed,
    NameTaken,
    TooManyViews,
    ViewStale,
)
from heyi.platform.views.models import FirstView, View

MOST_VIEWS, MOST_COLUMNS, LONGEST_NAME = 50, 60, 60
_NARROWEST, _WIDEST = 40, 1200


@dataclass(frozen=True, slots=True)
class Wish:
    """A view as somebody wants it; the parts are those of the list."""

    name: str
    columns: Sequence[Mapping[str, Any]]
    filter: Mapping[str, Any] = field(default_factory=dict)
    search: str = ""
    order: str = ""
    preset: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as one person gets it: without what they may not see.

    Args:
        own: They may change it.
        first: Their list opens with it.
    """

    view: View
    columns: list[dict[str, Any]]
    filter: dict[str, Any]
    order: str
    own: bool
    first: bool


def views(screen_id: str, actor: Actor) -> list[Shown]:
    """One's own views and the shared ones, by name. Two statements.

    Columns, filters and sort keys the person may not see are left out; the view stays useful.
    """
    screen = asked_for(screen_id, actor)
    screen.access.require(actor, "read")
    first = FirstView.objects.filter(
        company_id=actor.company, user_id=actor.id, screen=screen_id
    ).values_list("view", flat=True)
    start = next(iter(first), None)
    return [
        _shown(view, screen, actor, start)
        for view in _visible(actor).filter(screen=screen_id).order_by("name", "pk")
    ]


def _visible(actor: Actor) -> QuerySet[View]:
    rows = View.objects.filter(company=actor.company, removed=False)
    return rows.filter(Q(owner=actor.id) | Q(shared=True))


def _shown(view: View, screen: Compiled, actor: Actor, start: int | None) -> Shown:
    order = [part for part in view.order.split(",") if part.lstrip("-") in {*screen.fields, "id"}]
    return Shown(
        view=view,
        columns=[c for c in view.columns if c["path"] in screen.fields],
        filter={path: value for path, value in view.filter.items() if path in screen.fields},
        order=",".join(order),
        own=view.owner == actor.id,
        first=view.pk == start,
    )


@transaction.atomic
def keep(screen_id: str, wish: Wish, *, actor: Actor) -> Shown:
    """Keep a new view.

    Raises:
        NotAllowed: The person may not read the list, or not share.
        NameTaken, NameMalformed, ColumnsMalformed, TooManyViews
        FilterUnknown, Refusals: The list could not be asked for like that.
    """
    screen = _checked(screen_id, wish, actor)
    own = View.objects.filter(
        company=actor.company, screen=screen_id, owner=actor.id, removed=False
    )
    names = set(own.values_list("name", flat=True))
    if wish.name in names:
        raise NameTaken(wish.name)
    if len(names) >= MOST_VIEWS:
        raise TooManyViews(MOST_VIEWS)
    view = View.objects.create(
        company_id=actor.company, screen=screen_id, owner=actor.id, **_said(wish)
    )
    if wish.shared:
        record([Entry("create", VIEW.type, view.pk, {"name": (None, wish.name)})], actor=actor)
    return _shown(view, screen, actor, None)


@transaction.atomic
def change(id: int, version: int, wish: Wish, *, actor: Actor) -> Shown:
    """Change a view of one's own.

    Raises:
        NotFound: No such view, or somebody else's.
        ViewStale, and what `keep` raises.
    """
    view = _own(id, actor)
    screen = _checked(view.screen, wish, actor)
    if view.version != version:
        raise ViewStale(view.name)
    same = View.objects.filter(
        company=actor.company, screen=view.screen, owner=actor.id, name=wish.name, removed=False
    )
    if same.exclude(pk=id).exists():
        raise NameTaken(wish.name)
    View.objects.filter(pk=id).update(version=F("version") + 1, changed_at=now(), **_said(wish))
    if wish.shared or view.shared:
        changes = {"name": (view.name, wish.name), "shared": (view.shared, wish.shared)}
        record([Entry("edit", VIEW.type, id, changes)], actor=actor)
    view.refresh_from_db()
    return _shown(view, screen, actor, None)


@transaction.atomic
def remove(id: int, *, actor: Actor) -> None:
    """Take a view away; whoever started with it starts with the list as declared."""
    view = _own(id, actor)
    FirstView.objects.filter(view=view).update(view=None)
    View.objects.filter(pk=id).update(removed=True, version=F("version") + 1)
    if view.shared:
        record([Entry("remove", VIEW.type, id, {"name": (view.name, None)})], actor=actor)


def start_with(screen_id: str, id: int | None, *, actor: Actor) -> None:
    """Choose the view one's list opens with; None for the list as declared."""
    asked_for(screen_id, actor).access.require(actor, "read")
    if id is not None and not _visible(actor).filter(pk=id, screen=screen_id).exists():
        raise NotFound(VIEW.type, [id])
    FirstView.objects.update_or_create(
        company_id=actor.company, user_id=actor.id, screen=screen_id, defaults={"view_id": id}
    )


def _own(id: int, actor: Actor) -> View:
    rows = View.objects.select_for_update().filter(
        pk=id, company=actor.company, owner=actor.id, removed=False
    )
    view = rows.first()
    if view is None:
        raise NotFound(VIEW.type, [id])
    return view


def _said(wish: Wish) -> dict[str, Any]:
    return {
        "name": wish.name, "columns": [dict(c) for c in wish.columns], "filter": dict(wish.filter),
        "search": wish.search, "order": wish.order, "preset": wish.preset, "shared": wish.shared,
    }  # fmt: skip


def _checked(screen_id: str, wish: Wish, actor: Actor) -> Compiled:
    screen = asked_for(screen_id, actor)
    screen.access.require(actor, "read")
    if wish.shared and not VIEW.allows(actor, "share"):
        raise NotAllowed("share", VIEW.type, sorted(VIEW.verbs["share"]))
    if not wish.name.strip() or len(wish.name) > LONGEST_NAME or not wish.name.isprintable():
        raise NameMalformed(LONGEST_NAME)
    paths = [str(column.get("path")) for column in wish.columns]
    if not paths or len(paths) > MOST_COLUMNS:
        raise ColumnsMalformed(str(len(paths)))
    for path, column in zip(paths, wish.columns, strict=True):
        width = column.get("width")
        fits = width is None or (isinstance(width, int) and _NARROWEST <= width <= _WIDEST)
        if path not in screen.fields or paths.count(path) > 1 or not fits:
            raise ColumnsMalformed(printable(path)[:60])
    page(screen_id, actor, Query(wish.filter, wish.search, wish.order, wish.preset, limit=1))
    return screen
