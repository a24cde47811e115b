"""A list as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Literal
from zoneinfo import ZoneInfo

from heyi.platform.access import Actor
from heyi.platform.audit.api import Entry, record
from heyi.platform.clock import today
from heyi.platform.exports.errors import ExportTooLong, FormatNotOffered
from heyi.platform.exports.writing import Heading, write_csv, write_xlsx
from heyi.platform.lists import FilterUnknown, Query, everything, narrowed
from heyi.platform.messages import resolve
from heyi.platform.models import Company
from heyi.platform.screens import Compiled, Spec, asked_for, choice_words, label_words
from heyi.platform.values import printable

MOST_ROWS = {"xlsx": 100_000, "csv": 500_000}
_WIDTHS = {"reference": 16, "money": 16, "date": 12, "instant": 17, "boolean": 9, "longtext": 40}


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file. The caller reads it from its start and closes it, which removes it."""

    name: str
    type: str
    file: IO[bytes]
    rows: int


def export(
    screen_id: str,
    actor: Actor,
    query: Query,
    format: Literal["xlsx", "csv"],
    paths: Sequence[str] = (),
) -> Export:
    """The list a person sees, all pages of it, as a file. A statement per 2,000 rows.

    References take two columns, code and name. Words are in the actor's language, instants in the
    time of the company. What was taken out is audited.

    Args:
        paths: Columns wanted, in this order; empty for those of the list.

    Raises:
        NotAllowed: The actor may not read this type.
        FilterUnknown: A column or filter that is not there, or not for this person.
        ExportTooLong: More rows than one file takes.
    """
    if format not in MOST_ROWS:
        raise FormatNotOffered(printable(str(format))[:20])
    screen = asked_for(screen_id, actor)
    screen.access.require(actor, "read")
    specs = [_spec(screen, path) for path in dict.fromkeys(paths or screen.columns)]
    most = MOST_ROWS[format]
    rows = narrowed(screen, actor, query)[: most + 1].count()
    if rows > most:
        raise ExportTooLong(most)
    company = Company.objects.get(pk=actor.company)
    shown = [_Shown(spec, actor.language, company) for spec in specs]
    headings = [heading for one in shown for heading in one.headings()]
    said = {"format": format, "rows": rows, "columns": [spec.path for spec in specs],
            "filter": dict(query.filter), "search": query.search, "preset": query.preset}  # fmt: skip
    record([Entry("export", screen_id, 0, {k: (None, v) for k, v in said.items()})], actor=actor)
    title = resolve(f"{screen_id}.plural", language=actor.language)
    table = _rows(screen_id, actor, query, shown)
    file = (
        write_csv(headings, table) if format == "csv" else write_xlsx(headings, table, sheet=title)
    )
    day = today(company.timezone)
    return Export(f"{title} {day:%Y%m%d}.{format}", _TYPES[format], file, rows)


_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _spec(screen: Compiled, path: str) -> Spec:
    if path not in screen.fields:
        raise FilterUnknown(printable(path)[:60])
    return screen.fields[path]


def _rows(
    screen_id: str, actor: Actor, query: Query, shown: Sequence["_Shown"]
) -> Iterator[list[Any]]:
    paths = [one.spec.path for one in shown]
    for chunk in everything(screen_id, actor, query, paths):
        for row in chunk:
            yield [cell for one in shown for cell in one.cells(row[one.spec.path])]


class _Shown:
    """One field as columns of the file, in one language."""

    def __init__(self, spec: Spec, language: str, company: Company) -> None:
        self.spec, self.language, self.zone = spec, language, ZoneInfo(company.timezone)
        self.decimals = company.decimals if spec.kind == "money" else 0
        self.words = choice_words(spec, language)
        self.yes_no = {flag: resolve(f"boolean.{str(flag).lower()}", language=language)
                       for flag in (True, False)}  # fmt: skip

    def headings(self) -> list[Heading]:
        spec = self.spec
        label = label_words(spec, self.language)
        width = _WIDTHS.get(spec.kind, 14)
        if spec.kind != "reference":
            return [Heading(label, self.decimals, width)]
        name = resolve("exports.name_of", {"field": label}, self.language)
        return [Heading(label, 0, width), Heading(name, 0, 28)]

    def cells(self, value: Any) -> list[Any]:
        match self.spec.kind:
            case "reference":
                return [value["code"], value["name"]] if value else [None, None]
            case "choice" | "state":
                return [self.words.get(value, value)]
            case "boolean":
                return [None if value is None else self.yes_no[value]]
            case "localized":
                return [(value or {}).get(self.language) or next(iter((value or {}).values()), "")]
            case "list":
                return ["、".join(map(str, value or []))]
            case "instant" if isinstance(value, datetime):
                return [value.astimezone(self.zone)]
        return [value]
