"""What the references of a record point at, read for all of its fields and lines in one statement.

One answer serves three questions: does it exist in this company, may it be chosen, and what does
the screen show of it (its code and name, and the paths that go through it, "product.unit").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from django.apps import apps
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject

from heyi.platform.access import Access
from heyi.platform.columns import localized, shown
from heyi.platform.rows import array, fetch
from heyi.platform.screens import FIGURES, Compiled, Spec, compiled, lookup, type_of

_IDS = "the ids asked for"
_COMPANY = -(2**62) - 7  # stands for the company in a statement's parameters


@dataclass(frozen=True, slots=True)
class Target:
    """A record something refers to.

    Args:
        company: Whose it is; None for everybody's.
        ours: What belongs to companies in another way (people): whether to the one asking.
        offered: Lookup id -> whether it may be chosen there.
        beyond: Path after the reference ("unit") -> its value as JSON.
    """

    id: int
    code: str
    name: Any
    decimals: int | None
    active: bool
    company: int | None
    ours: bool
    offered: dict[str, bool]
    beyond: dict[str, Any]

    def belongs_to(self, company: int) -> bool:
        return self.ours and self.company in (None, company)

    def value(self, language: str) -> dict[str, Any]:
        """As answers show it."""
        said = {"id": self.id, "code": self.code, "name": localized(self.name, language)}
        return said if self.decimals is None else {**said, "decimals": self.decimals}


Targets = dict[tuple[str, int], Target]


def targets(screen_id: str, company: int, wanted: Mapping[str, Iterable[int]]) -> Targets:
    """What the ids point at, by (model, id); those that do not exist are not there.

    Args:
        wanted: Model label ("party.party") -> ids. One statement, whatever is asked for.
    """
    asked = {label: sorted(set(ids)) for label, ids in wanted.items()}
    if not any(asked.values()):
        return {}
    plan = _plan(screen_id)
    params: list[Any] = []
    for label, own in plan.parts:
        given = {_IDS: array(asked.get(label, ())), _COMPANY: company}
        params += [given.get(p, p) if isinstance(p, (str, int)) else p for p in own]
    found: Targets = {}
    for at, id_, packed in fetch(plan.sql, params):
        label = plan.parts[at][0]
        said = orjson.loads(packed) if isinstance(packed, (str, bytes)) else packed
        found[label, id_] = Target(
            id=id_,
            code=said["code"],
            name=said.get("name") or "",
            decimals=said.get("decimals"),
            active=said.get("active", True),
            company=said.get("company"),
            ours=said.get("ours", True),
            offered={k[8:]: bool(v) for k, v in said.items() if k.startswith("offered:")},
            beyond={k[7:]: v for k, v in said.items() if k.startswith("beyond:")},
        )
    return found


@dataclass(frozen=True, slots=True)
class _Plan:
    sql: str
    parts: tuple[tuple[str, tuple[Any, ...]], ...]  # (model label, its parameters)


@cache
def _plan(screen_id: str) -> _Plan:
    """One statement for all models a screen refers to. Its text never changes."""
    screen = compiled(screen_id)
    texts: list[str] = []
    parts: list[tuple[str, tuple[Any, ...]]] = []
    for label in _labels(screen):
        sql, params = _part(screen, label)
        texts.append(f"SELECT {len(parts)} AS part, q.* FROM ({sql}) AS q(id, said)")
        parts.append((label, params))
    return _Plan(" UNION ALL ".join(texts), tuple(parts))


def _specs(screen: Compiled) -> list[Spec]:
    return [*screen.fields.values(), *(screen.line_fields or {}).values()]


def _labels(screen: Compiled) -> list[str]:
    labels = {s.target for s in _specs(screen) if s.kind == "reference" and "." not in s.path}
    own = _own_references(screen.model) | _own_references(screen.line_model)
    return sorted(label for label in labels | own if label)


def _own_references(model: type[models.Model] | None) -> set[str]:
    """Also references no screen shows: what fills in a draft may set them."""
    fields = model._meta.concrete_fields if model else ()
    return {
        f.related_model._meta.label_lower
        for f in fields
        if isinstance(f, models.ForeignKey) and f.name != "company"
    }


def _part(screen: Compiled, label: str) -> tuple[str, tuple[Any, ...]]:
    model = apps.get_model(label)
    names = {f.name for f in model._meta.concrete_fields}
    own = shown(model)
    said: dict[str, Any] = {"code": Cast(own.code, TextField())}
    if own.name:
        said["name"] = F(own.name)
    for name in ("decimals", "active"):
        if name in names:
            said[name] = F(name)
    if names & {"company", "company_id"}:
        said["company"] = F("company_id")
    access = Access.registry.get(type_of(model))
    if access is not None and access.company != "company":
        ours = model._default_manager.filter(pk=OuterRef("pk"), **{access.company: _COMPANY})
        said["ours"] = Exists(ours)
    for spec in _specs(screen):
        if spec.kind == "reference" and spec.target == label and spec.lookup:
            said[f"offered:{spec.lookup}"] = _offered(lookup(spec.lookup).filter)
    for spec in _specs(screen):
        if spec.through == label:
            rest = spec.path.partition(".")[2]
            said[f"beyond:{rest}"] = _beyond(spec, rest.replace(".", "__"))
    table = model._meta.db_table
    rows = (
        model._default_manager.extra(where=[f'"{table}"."id" = ANY(%s::bigint[])'], params=[_IDS])
        .order_by()
        .values_list("pk", JSONObject(**said))
    )
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def _offered(narrowing: Mapping[str, object] | None) -> Any:
    condition = Q(**narrowing) if narrowing else Q(pk__isnull=False)
    return ExpressionWrapper(condition, output_field=BooleanField())


def _beyond(spec: Spec, orm: str) -> Any:
    if spec.kind == "reference":
        target = shown(apps.get_model(spec.target or ""))
        more = {"name": F(f"{orm}__{target.name}")} if target.name else {}
        if target.decimals:
            more["decimals"] = F(f"{orm}__decimals")
        return JSONObject(id=F(f"{orm}__pk"), code=F(f"{orm}__{target.code}"), **more)
    return Cast(orm, TextField()) if spec.kind in FIGURES else F(orm)
