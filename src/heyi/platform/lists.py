"""Lists: filtered, searched, sorted, paged by key. One statement a page, never a count.

A page is found by the values of the last row of the page before, so page 1,000 costs what page 1
costs, and rows that come and go meanwhile neither repeat nor hide. What a person may not see can
neither be filtered nor sorted by: a secret must not be guessed by asking often enough.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.apps import apps
from django.db.models import (
    Case,
    CharField,
    Exists,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.fields.json import JSONField
from django.db.models.functions import Cast

from heyi.kernel.errors import BusinessError, Problem, Refusals, Remedy
from heyi.platform import clock, modules
from heyi.platform.access import Access, Actor, NotAllowed
from heyi.platform.columns import columns, extra_column, is_extra, localized, shown, work_out
from heyi.platform.models import Company
from heyi.platform.screens import Compiled, Spec, compiled, lookup, resolve, seen_by, type_of
from heyi.platform.values import parse, printable, text

LARGEST_PAGE = 200
_MOST_WORDS = 8
_MOST_VALUES = 500
_BOUNDS = {"from": "gte", "to": "lte", "after": "gt", "before": "lt"}


@dataclass(eq=False)
class FilterUnknown(BusinessError):
    """The list cannot be narrowed or sorted by this, or not by this person."""

    code = "platform.filter_unknown"
    remedy = Remedy("platform.remedy.choose_filter")
    field: str


@dataclass(eq=False)
class PageUnknown(BusinessError):
    """The place in the list was not given out for this order of it."""

    code = "platform.page_unknown"
    remedy = Remedy("platform.remedy.first_page")
    after: str


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asks of a list.

    Args:
        filter: Path -> value, list of values, or {from, to, after, before, contains, empty}.
        order: "on,-number"; empty for the screen's own order.
        after: The cursor of the page before.
    """

    filter: Mapping[str, Any] = field(default_factory=dict)
    search: str = ""
    order: str = ""
    preset: str = ""
    limit: int = 50
    after: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list. `next` is the cursor of the page after, None on the last."""

    rows: list[dict[str, Any]]
    next: str | None


def page(screen_id: str, actor: Actor, query: Query) -> Page:
    """One page of a list as the actor may see it. One statement, one more for each computed field.

    Raises:
        NotAllowed: The actor may not read this type at all.
        FilterUnknown, PageUnknown: Asked for by something that is not there.
    """
    screen = seen_by(screen_id, actor)
    screen.access.require(actor, "read")
    limit = max(1, min(query.limit, LARGEST_PAGE))
    order = _order(screen, query.order)
    shown_paths = dict.fromkeys(screen.columns)
    wanted = columns(
        screen.model,
        (screen.fields[p] for p in shown_paths),
        ("pk", *_versioned(screen), *(_orm(p) for p, _ in order)),
    )
    rows = narrowed(screen, actor, query)
    if query.after:
        rows = rows.filter(_beyond(screen, order, _opened(query.after, screen, order)))
    found = list(rows.order_by(*_sorted(order)).values_list(*wanted.orm)[: limit + 1])
    start = 1 + len(_versioned(screen))
    values = [(row[0], wanted.values(row, actor.language)) for row in found[:limit]]
    work_out([screen.fields[p] for p in shown_paths], values, actor, typed=False)
    return Page(
        rows=[
            {"id": id_, "version": row[1] if start > 1 else 1, "values": own}
            for (id_, own), row in zip(values, found, strict=False)
        ],
        next=_cursor(order, found[limit - 1][start : start + len(order)])
        if len(found) > limit
        else None,
    )


def everything(
    screen_id: str, actor: Actor, query: Query, paths: Sequence[str] = (), *, chunk: int = 2000
) -> Iterator[list[dict[str, Any]]]:
    """All pages of a list, typed (Decimal, date), for exports: a statement per `chunk` rows.

    Args:
        paths: The fields wanted; empty for the columns of the list. Unknown or secret ones are
            refused. Each row is {"id": …, path: value, …}.
    """
    screen = seen_by(screen_id, actor)
    screen.access.require(actor, "read")
    order = _order(screen, query.order)
    specs = [_visible(screen, path) for path in paths or screen.columns]
    wanted = columns(screen.model, specs, ("pk", *(_orm(p) for p, _ in order)), typed=True)
    rows = narrowed(screen, actor, query)
    rows = rows.order_by(*_sorted(order))
    place: Q | None = None
    while True:
        part = rows if place is None else rows.filter(place)
        found = list(part.values_list(*wanted.orm)[:chunk])
        if found:
            values = [(r[0], wanted.values(r, actor.language)) for r in found]
            work_out(specs, values, actor, typed=True)
            yield [{"id": id_, **own} for id_, own in values]
        if len(found) < chunk:
            return
        place = _beyond(screen, order, found[-1][1 : 1 + len(order)])


def narrowed(screen: Compiled, actor: Actor, query: Query) -> QuerySet:
    """The rows a person may see of a screen, narrowed by preset, filter and search."""
    rows = screen.access.visible(actor, screen.model._default_manager.all())
    wanted = dict(query.filter)
    if query.preset:
        presets = screen.declared.listing.presets or {}
        if query.preset not in presets:
            raise FilterUnknown(printable(query.preset)[:60])
        wanted = {**presets[query.preset], **wanted}
    narrowing = Q()
    for path, value in wanted.items():
        narrowing &= _condition(_visible(screen, path), value, actor)
    if query.search:
        narrowing &= _search(screen, query.search)
    own = {_orm(s.path): extra_column(s) for s in screen.fields.values() if is_extra(s.path)}
    if own:
        rows = rows.annotate(**own)
    return rows.filter(narrowing) if narrowing else rows


def _visible(screen: Compiled, path: str) -> Spec:
    spec = screen.fields.get(path)
    if spec is None:
        raise FilterUnknown(printable(str(path))[:60])
    return spec


def _versioned(screen: Compiled) -> tuple[str, ...]:
    names = {f.name for f in screen.model._meta.concrete_fields}
    return ("version",) if "version" in names else ()


# ---------------------------------------------------------------- filters


def _condition(spec: Spec, wanted: Any, actor: Actor) -> Q:
    if not spec.filterable:
        raise FilterUnknown(spec.path)
    if isinstance(wanted, Mapping) and "id" not in wanted:
        return _range(spec, wanted, actor)
    values = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
    if len(values) > _MOST_VALUES:
        raise FilterUnknown(spec.path)
    typed = [_typed(spec, value, actor) for value in values if value is not None]
    name = _orm(spec.path)
    found = Q(**{f"{name}__in": typed}) if len(typed) != 1 else Q(**{name: typed[0]})
    if None in values:
        return found | Q(**{f"{name}__isnull": True}) if typed else Q(**{f"{name}__isnull": True})
    return found


def _range(spec: Spec, wanted: Mapping[str, Any], actor: Actor) -> Q:
    condition, name = Q(), _orm(spec.path)
    for bound, value in wanted.items():
        if value is None or value == "":
            continue
        if bound in _BOUNDS and spec.kind not in ("reference", "boolean"):
            condition &= Q(**{f"{name}__{_BOUNDS[bound]}": _typed(spec, value, actor)})
        elif bound == "contains" and spec.kind in ("text", "longtext"):
            condition &= Q(**{f"{name}__icontains": _typed(spec, value, actor)})
        elif bound == "empty" and isinstance(value, bool):
            nothing = Q(**{f"{name}__isnull": True})
            if spec.kind in ("text", "longtext"):
                nothing |= Q(**{name: ""})
            condition &= nothing if value else ~nothing
        else:
            raise FilterUnknown(f"{spec.path}.{printable(str(bound))[:20]}")
    return condition


def _typed(spec: Spec, value: Any, actor: Actor) -> Any:
    if value == "@today":
        company = Company.objects.only("timezone").get(pk=actor.company)
        value = clock.today(company.timezone)
    elif value == "@me":
        value = actor.id
    try:
        typed = parse(_lenient(spec), value)
    except BusinessError as problem:
        raise Refusals([Problem(problem, field=spec.path)]) from None
    if typed is None:
        raise FilterUnknown(spec.path)
    return typed


def _lenient(spec: Spec) -> Spec:
    """A filter may ask for what a field would refuse to hold: a bound below zero."""
    return replace(spec, required=False, nullable=True, sign="any", max_length=None)


# ---------------------------------------------------------------- search


def _search(screen: Compiled, typed: str) -> Q:
    try:
        words = text("search", typed[:200]).split()[:_MOST_WORDS]
    except BusinessError as problem:
        raise Refusals([Problem(problem, field="search")]) from None
    condition = Q()
    for word in words:
        anywhere = Q()
        for path in screen.declared.listing.search:
            if path in screen.fields or path.partition(".")[0] not in _secret(screen):
                anywhere |= _contains(screen, path, word)
        condition &= anywhere
    return condition


def _secret(screen: Compiled) -> set[str]:
    """Paths of the whole screen this person's copy lacks."""
    return set(compiled(screen.id).fields) - set(screen.fields)


def _contains(screen: Compiled, path: str, word: str) -> Q:
    found = resolve(screen.model, path, screen.id)
    if found.many and screen.line_model is not None:
        inner = path.partition(".")[2].replace(".", "__")
        lines = screen.line_model._default_manager.filter(
            **{screen.pointer: OuterRef("pk"), f"{inner}__icontains": word}
        )
        return Q(Exists(lines))
    return Q(**{f"{_orm(path)}__icontains": word})


# ---------------------------------------------------------------- order and place


def _orm(path: str) -> str:
    """The name a row is narrowed and sorted by; fields a company added get a typed column."""
    return f"x_{path[6:]}" if is_extra(path) else path.replace(".", "__")


def _sorted(order: Sequence[tuple[str, bool]]) -> list[str]:
    return [("-" if down else "") + _orm(path) for path, down in order]


def _order(screen: Compiled, asked: str) -> tuple[tuple[str, bool], ...]:
    if not asked:
        return tuple((_order_path(screen, p), down) for p, down in screen.order)
    order: list[tuple[str, bool]] = []
    for name in asked.split(",")[:5]:
        path, down = name.strip().lstrip("-"), name.strip().startswith("-")
        spec = screen.fields.get(path)
        if path != "id" and (spec is None or not spec.sortable):
            raise FilterUnknown(printable(path)[:60])
        order.append((_order_path(screen, path), down))
    if all(path != "id" for path, _ in order):
        order.append(("id", order[-1][1]))
    return tuple(order)


def _order_path(screen: Compiled, path: str) -> str:
    """References sort by the code or number people see, not by their id."""
    spec = screen.fields.get(path)
    if spec is None or spec.kind != "reference":
        return path
    return f"{path}.{shown(apps.get_model(spec.target or '')).code}"


def _beyond(screen: Compiled, order: Sequence[tuple[str, bool]], place: Sequence[Any]) -> Q:
    """The rows after a place: a bound the index can use, then the exact place among equals.

    NULLs stand where PostgreSQL puts them: last going up, first going down.
    """
    (path, down), *rest = order
    (value, *others) = place
    name = _orm(path)
    nullable = path != "id" and (is_extra(path) or resolve(screen.model, path, screen.id).nullable)
    if value is None:
        after = Q(**{f"{name}__isnull": False}) if down else None
        same = Q(**{f"{name}__isnull": True})
    else:
        after = Q(**{f"{name}__{'lt' if down else 'gt'}": value})
        if nullable and not down:
            after |= Q(**{f"{name}__isnull": True})
        same = Q(**{name: value})
    if not rest:
        return after if after is not None else Q(pk__in=[])
    further = same & _beyond(screen, rest, others)
    if after is None:
        return further
    exact = after | further
    if value is not None and not nullable:
        return Q(**{f"{name}__{'lte' if down else 'gte'}": value}) & exact
    return exact


def _cursor(order: Sequence[tuple[str, bool]], values: Sequence[Any]) -> str:
    said = [_sorted(order), list(values)]
    packed = orjson.dumps(said, default=str)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _opened(after: str, screen: Compiled, order: Sequence[tuple[str, bool]]) -> list[Any]:
    """The place a cursor names, with every value read again as its column's type."""
    try:
        said, values = orjson.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if said != _sorted(order) or len(values) != len(order):
            raise ValueError("another order")
        return [
            _column_value(screen, path, value)
            for (path, _), value in zip(order, values, strict=True)
        ]
    except (ValueError, TypeError, ArithmeticError, binascii.Error, UnicodeError):
        raise PageUnknown(printable(after)[:40]) from None


def _column_value(screen: Compiled, path: str, value: Any) -> Any:
    if value is None:
        return None
    if is_extra(path):
        return parse(_lenient(screen.fields[path]), value)
    field_ = screen.model._meta.pk if path == "id" else resolve(screen.model, path, screen.id).field
    match field_.get_internal_type():
        case "DateField":
            return date.fromisoformat(value)
        case "DateTimeField":
            return datetime.fromisoformat(value)
        case "DecimalField":
            read = Decimal(value)
            if not read.is_finite():
                raise ValueError(value)
            return read
        case "BooleanField":
            return bool(value)
        case kind if kind.endswith(("IntegerField", "AutoField")) or field_.is_relation:
            if not isinstance(value, int) or not -(2**63) <= value < 2**63:
                raise ValueError(value)
            return value
    return text(path, str(value))


# ---------------------------------------------------------------- lookups


def offers(
    lookup_id: str,
    actor: Actor,
    *,
    typed: str = "",
    ids: Sequence[int] = (),
    codes: Sequence[str] = (),
    limit: int = 20,
) -> list[dict[str, Any]]:
    """What a reference field may choose from: by what was typed, by ids, or by exact codes.

    Rows whose code is what was typed come first, then by code. One statement.

    Raises:
        LookupError: There is no such lookup.
        NotAllowed: The actor neither may read these records nor enters them anywhere.
    """
    offer = lookup(lookup_id)
    model, rows = offered(lookup_id, actor)
    names = {f.name for f in model._meta.concrete_fields}
    target = shown(model)
    if ids:
        rows = rows.filter(pk__in=list(ids)[:LARGEST_PAGE])
    elif codes:
        exact = Q(**{f"{target.code}__in": list(codes)[:LARGEST_PAGE]})
        if "barcode" in names:
            exact |= Q(barcode__in=list(codes)[:LARGEST_PAGE])
        rows = rows.filter(exact)
    else:
        rows = rows.filter(**(offer.filter or {}))
        try:
            words = text("search", typed[:100]).split()[:_MOST_WORDS]
        except BusinessError as problem:
            raise Refusals([Problem(problem, field="q")]) from None
        paths = [p for p in offer.search if "." in p or p in names]
        for word in words:
            anywhere = Q()
            for path in paths:
                found = resolve(model, path, offer.id).field
                if isinstance(found, JSONField):
                    rows = rows.alias(**{f"{path}_text": Cast(path, CharField())})
                    anywhere |= Q(**{f"{path}_text__icontains": word})
                else:
                    anywhere |= Q(**{f"{_orm(path)}__icontains": word})
            rows = rows.filter(anywhere)
        limit = max(1, min(limit, LARGEST_PAGE))
        rows = (
            rows.order_by(target.code, "pk")[:limit]
            if not words
            else _exact_first(rows, target.code, words[0], limit)
        )
    extra = tuple(dict.fromkeys(p for p in offer.show if p not in ("code", "name", target.code)))
    found_rows = rows.values_list("pk", *target.columns, *map(_orm, extra))
    width = 1 + len(target.columns)
    return [
        {
            **(target.value(row[0], row[1:width], actor.language) or {}),
            **{
                path: localized(value, actor.language) if isinstance(value, dict) else value
                for path, value in zip(extra, row[width:], strict=True)
            },
        }
        for row in found_rows
    ]


def _exact_first(rows: QuerySet, code: str, word: str, limit: int) -> QuerySet:
    rank = Case(
        When(**{f"{code}__iexact": word}, then=Value(0)),
        When(**{f"{code}__istartswith": word}, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.alias(rank=rank).order_by("rank", code, "pk")[:limit]


def offered(lookup_id: str, actor: Actor) -> tuple[type[Model], QuerySet]:
    model = apps.get_model(lookup(lookup_id).model)
    type_ = type_of(model)
    rows = model._default_manager.all()
    access = Access.registry.get(type_)
    if access is not None and access.allows(actor, "read"):
        return model, access.visible(actor, rows)
    if not any(Access.registry[s].allows(actor, "read") for s in _users(lookup_id)):
        raise NotAllowed("read", type_, sorted(access.verbs["read"]) if access else [])
    if access is not None:
        return model, rows.filter(access.own(actor))
    own = Q(company=actor.company) | Q(company=None)
    has_company = any(f.name == "company" for f in model._meta.concrete_fields)
    return model, rows.filter(own) if has_company else rows


def _users(lookup_id: str) -> list[str]:
    """The screens on which somebody chooses from a lookup."""
    return [
        screen_id
        for screen_id in modules.screens()
        if any(
            spec.lookup == lookup_id
            for spec in (*compiled(screen_id).entered, *compiled(screen_id).line_entered)
        )
    ]
