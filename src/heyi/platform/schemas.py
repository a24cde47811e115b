"""The shapes of the generic answers and requests, for the OpenAPI document and its clients.

Answers are written straight from the database; `tests/platform` proves that they have these shapes.
Figures are decimals as text, dates ISO, references {id, code, name}.
"""

from typing import Any, Literal

from ninja import Field, Schema
from pydantic import BaseModel

Kind = Literal[
    "text", "longtext", "integer", "quantity", "money", "price", "rate", "date", "instant",
    "boolean", "choice", "reference", "state", "localized", "list",
]  # fmt: skip


class Cell(Schema):
    """Where a refusal stands: a line by its key or id (null: the head), and a field by its path."""

    line: str | int | None = None
    field: str | None = None


class RemedyOut(Schema):
    """What to do about it: words for a button, and the screen it opens."""

    label: str
    action: str
    screen: str | None = None
    params: dict[str, Any] = {}


class RefusalOut(Schema):
    """One thing that stands in the way. `code` never changes; `message` is for people."""

    kind: Literal["refusal", "warning", "conflict", "fault", "defect"]
    code: str
    params: dict[str, Any]
    message: str
    remedy: RemedyOut | None = None
    override: str | None = None
    cell: Cell | None = None


class RefusalsOut(Schema):
    """Everything that stands in the way. `trace` finds the request in the logs."""

    refusals: list[RefusalOut]
    trace: str


class ChoiceOut(Schema):
    value: str
    label: str = Field(description="A message key; empty where `texts` says it.")
    texts: dict[str, str] | None = None


class SpecOut(Schema):
    """One field of a screen."""

    path: str
    kind: Kind
    label: str = Field(description="A message key; empty where `texts` says it.")
    required: bool
    edit: Literal["draft", "never", "always"]
    sortable: bool
    filterable: bool
    max_length: int | None = None
    decimals: int | None = None
    sign: Literal["positive", "not_negative", "any"] | None = None
    choices: list[ChoiceOut] | None = None
    lookup: str | None = None
    currency_path: str | None = None
    unit_path: str | None = None
    texts: dict[str, str] | None = None


class PresetOut(Schema):
    id: str
    label: str
    filter: dict[str, Any]


class ListingOut(Schema):
    columns: list[str]
    filters: list[str]
    search: bool
    presets: list[PresetOut]
    order: list[str]


class SectionOut(Schema):
    id: str
    label: str
    fields: list[str]
    show: Literal["always", "detail"]


class LinesOut(Schema):
    path: str
    columns: list[str]
    fields: dict[str, SpecOut]
    enter: str
    totals: list[str]


class ActionOut(Schema):
    verb: str
    label: str
    key: str | None
    confirm: bool
    reason: bool


class ScreenOut(Schema):
    """A screen as this person gets it. Cache it by `hash`, which is also its ETag."""

    id: str
    hash: str
    kind: Literal["document", "master"]
    module: str
    group: str
    label: str
    fields: dict[str, SpecOut]
    listing: ListingOut
    sections: list[SectionOut]
    lines: LinesOut | None
    actions: list[ActionOut]
    panels: list[str]
    prints: list[str]
    states: list[str]
    steps: list[str]
    can_create: bool


class MenuScreen(Schema):
    id: str
    label: str
    can_create: bool
    presets: list[PresetOut]


class MenuGroup(Schema):
    id: Literal["documents", "masters", "setup", "reports"]
    screens: list[MenuScreen]


class MenuModule(Schema):
    module: str
    label: str
    groups: list[MenuGroup]


class RowOut(Schema):
    id: int
    version: int
    values: dict[str, Any]


class PageOut(Schema):
    """Rows of a list. `next` goes into `after` for the next page; null on the last."""

    rows: list[RowOut]
    next: str | None


class LineOut(Schema):
    id: int | None
    no: int
    key: str
    values: dict[str, Any]


class RecordOut(Schema):
    """A record. `can` are the verbs this person has now; `problems` what they should know."""

    id: int | None
    version: int
    number: str | None
    state: str | None
    values: dict[str, Any]
    lines: list[LineOut]
    can: list[str]
    problems: list[RefusalOut]


class LineIn(BaseModel):
    id: int | None = None
    key: str | int | None = None
    values: dict[str, Any] = {}


class BaseIn(BaseModel):
    """What the person saw before they typed: the values and lines as read."""

    values: dict[str, Any] = {}
    lines: list[LineIn] | None = None


class DraftIn(BaseModel):
    """Fields not sent stay as they are. Lines not in `lines` are removed; without it all stay.

    Args:
        version: For changes: the version that was read.
        merge: On a stale version, merge changes to different fields; needs `base`.
        id: For previews of a change: the record.
    """

    values: dict[str, Any] = {}
    lines: list[LineIn] | None = None
    id: int | None = None
    version: int | None = None
    base: BaseIn | None = None
    merge: bool = False


class TransitionIn(BaseModel):
    """`versions`: document id -> the version the person saw. All or none."""

    versions: dict[int, int]
    reason: str = ""
    acknowledge: list[str] = []


class MovedOut(Schema):
    id: int
    number: str
    state: str
    version: int
    can: list[str]


class MovedListOut(Schema):
    records: list[MovedOut]


class OfferOut(Schema, extra="allow"):
    """Something a reference may be set to; more fields as its lookup shows."""

    id: int
    code: str
    name: str


class LogOut(Schema):
    transition: str
    actor: str
    actor_name: str = Field(description="The person's name, or `actor` where it was a program.")
    at: str
    reason: str
    acknowledged: list[str]
