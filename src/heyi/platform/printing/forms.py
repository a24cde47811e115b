"""Print forms: what of a record stands where on its paper.

A screen that names a form in `prints` needs to declare nothing else: the base form takes the party,
the facts, the lines and the totals from the screen. A module that wants more declares a `Form`
under `prints`, with other signatures, other columns, or a template of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
from django.apps import apps

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform.access import Actor, NotFound
from heyi.platform.audit.api import Entry, record
from heyi.platform.clock import now
from heyi.platform.columns import localized
from heyi.platform.messages import catalogue, resolve
from heyi.platform.models import Company
from heyi.platform.modules import declared
from heyi.platform.printing import paper
from heyi.platform.printing.layout import Column, laid_out
from heyi.platform.printing.paper import Block, Job, Labelled, Sheet
from heyi.platform.printing.words import grouped, in_words
from heyi.platform.records import load
from heyi.platform.screens import FIGURES, Compiled, Spec, asked_for, choice_words, label_words

MOST_DOCUMENTS = 2000
_UNMARKED = ("submitted", "approved", "posted", "closed")
_SIGNATURES = ("print.signature.prepared", "print.signature.checked", "print.signature.received")
_PARTY_LINES = ("address", "phone", "tax_number")

Record = dict[str, Any]
More = Callable[[Sequence[int], Actor], Mapping[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to print the records of a screen.

    Args:
        id: Also the key of its title, "print.<id>".
        template: A typst file below the package; None for the base document.
        party: Path of the reference addressed; None finds the first one to a party.
        facts, columns: Paths shown; None takes the screen's own.
        signatures: Message keys under the signature rules; empty for none.
        words: Total written in words as well, where the currency is that of the company.
        more: function(ids, actor) -> id -> what else the template wants, for the whole batch.
    """

    id: str
    screen: str
    template: Path | None = None
    party: str | None = None
    facts: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None
    signatures: tuple[str, ...] = _SIGNATURES
    words: str | None = None
    more: More | None = None


@dataclass(eq=False)
class FormUnknown(BusinessError):
    """The screen offers no such form."""

    code = "printing.form_unknown"
    remedy = Remedy("printing.remedy.choose_form")
    form: str


@dataclass(eq=False)
class TooManyDocuments(BusinessError):
    code = "printing.too_many"
    remedy = Remedy("printing.remedy.fewer")
    count: int
    most: int


@cache
def _declared() -> dict[str, Form]:
    return {form.id: form for form in declared("prints")}


def form_of(screen: Compiled, form: str) -> Form:
    """The form a screen offers under an id.

    Raises:
        FormUnknown: It does not.
    """
    if form not in screen.declared.prints:
        raise FormUnknown(form[:60])
    return _declared().get(form) or Form(form, screen.id)


def print(form: str, screen_id: str, ids: Sequence[int], actor: Actor) -> bytes:
    """Documents as one PDF, in the order asked for, in the actor's language. Five statements.

    Raises:
        FormUnknown, TooManyDocuments
        NotAllowed, NotFound: Some of them the actor may not see.
    """
    job, template = job_of(form, screen_id, ids, actor)
    record([Entry("print", screen_id, id, {"form": (None, form)}) for id in ids], actor=actor)
    return paper.pdf(job, template)


def job_of(form: str, screen_id: str, ids: Sequence[int], actor: Actor) -> tuple[Job, Path]:
    """What would be printed, and on which template."""
    if len(ids) > MOST_DOCUMENTS:
        raise TooManyDocuments(len(ids), MOST_DOCUMENTS)
    screen = asked_for(screen_id, actor)
    screen.access.require(actor, "read")
    if not ids:
        raise NotFound(screen.id, [])
    chosen = form_of(screen, form)
    company = Company.objects.get(pk=actor.company)
    drawing = _Drawing(screen, chosen, company, actor)
    title = resolve(f"print.{form}", language=actor.language)
    moment = now().astimezone(ZoneInfo(company.timezone))
    job = Job(
        language=actor.language,  # type: ignore[arg-type]
        title=title,
        author=company.name,
        printed=resolve(
            "print.printed", {"at": f"{moment:%Y-%m-%d %H:%M}", "by": actor.name}, actor.language
        ),
        page=resolve("print.page", {"page": "{page}", "pages": "{pages}"}, actor.language),
        documents=tuple(drawing.sheets(list(dict.fromkeys(ids)), title)),
    )
    return job, chosen.template or paper.BASE


class _Drawing:
    """Turns records of one screen into sheets, in one language."""

    def __init__(self, screen: Compiled, form: Form, company: Company, actor: Actor) -> None:
        self.screen, self.form, self.company, self.actor = screen, form, company, actor
        self.language = actor.language
        self.zone = ZoneInfo(company.timezone)
        self.party = self._party_path()
        self.facts = self._facts()
        lines = screen.line_fields or {}
        self.columns = [lines[p] for p in form.columns or tuple(lines) if p in lines]
        declared_lines = screen.declared.lines
        self.first = declared_lines.enter if declared_lines else ""
        self.totals = [
            screen.fields[p]
            for p in (declared_lines.totals if declared_lines else ())
            if p in screen.fields
        ]

    def sheets(self, ids: list[int], title: str) -> list[Sheet]:
        found = load(self.screen.id, self.actor, ids, typed=True)
        parties = self._parties(found)
        more = self.form.more(ids, self.actor) if self.form.more else {}
        return [self._sheet(r, title, parties, dict(more.get(r["id"], {}))) for r in found]

    def _party_path(self) -> str | None:
        if self.form.party:
            return self.form.party
        named = (s.path for s in self.screen.fields.values() if s.target == "party.party")
        return next((path for path in named if "." not in path), None)

    def _parties(self, records: Sequence[Record]) -> dict[int, Block]:
        """Name and whereabouts of everybody addressed. One statement."""
        if self.party is None:
            return {}
        spec = self.screen.fields[self.party]
        model = apps.get_model(spec.target or "")
        names = {f.name for f in model._meta.concrete_fields}
        shown = [name for name in _PARTY_LINES if name in names]
        ids = {r["values"][self.party]["id"] for r in records if r["values"][self.party]}
        label = self._label(spec)
        found = {}
        for id, name, *lines in model._default_manager.filter(pk__in=ids).values_list(
            "pk", "name", *shown
        ):
            words = [
                text if key == "address" else f"{self._word(f'field.{key}')} {text}"
                for key, text in zip(shown, lines, strict=True)
                if text
            ]
            found[id] = Block(localized(name, self.language), tuple(words), label)
        return found

    def _facts(self) -> list[Spec]:
        if self.form.facts is not None:
            return [self.screen.fields[p] for p in self.form.facts if p in self.screen.fields]
        skipped = {self.party, "number", "state", "note", "code" if self.screen.is_document else ""}
        skipped |= set(self.screen.declared.lines.totals if self.screen.declared.lines else ())
        paths = [p for _, _, paths, _ in self.screen.sections for p in paths if p not in skipped]
        return [self.screen.fields[p] for p in paths]

    # ------------------------------------------------------------ drawing

    def _sheet(
        self, record: Record, title: str, parties: dict[int, Block], more: dict[str, Any]
    ) -> Sheet:
        values = record["values"]
        party = values.get(self.party) if self.party else None
        heads, cells = self._table([line["values"] for line in record["lines"]])
        table = laid_out(heads, cells)
        state = record["state"]
        number = record["number"] or values.get("code") or ""
        facts = [(spec, self._text(spec, values[spec.path], head=True)) for spec in self.facts]
        note = self.screen.fields.get("note")
        return Sheet(
            company=Block(self.company.name, self._company_lines()),
            title=title,
            number=number,
            mark=self._word(f"state.{state}") if state and state not in _UNMARKED else None,
            code=_code(number),
            party=parties.get(party["id"]) if party else None,
            facts=tuple(
                Labelled(self._label(spec), text, wide=spec.kind == "longtext")
                for spec, text in facts
                if text
            ),
            columns=tuple(
                {"label": h.label, "right": h.right, "width": w}
                for h, w in zip(heads, table.widths, strict=True)
            ),
            lines=table.lines,
            flipped=table.flipped,
            size=table.size,
            totals=tuple(
                Labelled(
                    self._label(spec),
                    self._amount(spec, values[spec.path]),
                    strong=n == len(self.totals),
                )
                for n, spec in enumerate(self.totals, 1)
            ),
            words=self._words(values),
            note=Labelled(self._label(note), values["note"])
            if note and values.get("note")
            else None,
            signatures=tuple(self._word(key) for key in self.form.signatures),
            more=more,
        )

    def _table(self, lines: list[dict[str, Any]]) -> tuple[list[Column], list[list[str]]]:
        """Columns that hold anything, numbered; what the lines are about takes two, code and name."""
        shown = [
            spec
            for spec in self.columns
            if not lines or any(line[spec.path] not in (None, "") for line in lines)
        ]
        heads, cells = [Column("#", right=True)], [[str(n)] for n in range(1, len(lines) + 1)]
        for spec in shown:
            right = spec.kind in FIGURES or spec.kind == "integer"
            heads.append(Column(self._label(spec), right))
            for row, line in zip(cells, lines, strict=True):
                row.append(self._text(spec, line[spec.path]))
            if spec.path == self.first and spec.kind == "reference":
                heads.append(Column(self._word("field.name")))
                for row, line in zip(cells, lines, strict=True):
                    row.append((line[spec.path] or {}).get("name", ""))
        return (heads, cells) if len(heads) > 1 else ([], [])

    def _text(self, spec: Spec, value: Any, *, head: bool = False) -> str:
        if value is None or value == "":
            return ""
        match spec.kind:
            case "reference":
                name = value["name"] if head else ""
                return f"{value['code']} {name}".strip()
            case "money" | "price":
                value = Decimal(value)
                finest = -int(value.normalize().as_tuple().exponent)
                return grouped(value, max(self.company.decimals, finest))
            case "quantity" | "rate" | "integer":
                return grouped(Decimal(value))
            case "boolean":
                return self._word(f"boolean.{str(bool(value)).lower()}")
            case "choice" | "state":
                return choice_words(spec, self.language).get(value, str(value))
            case "localized":
                return localized(value, self.language)
            case "list":
                return "、".join(map(str, value))
        if isinstance(value, datetime):
            return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M}"
        return value.isoformat() if isinstance(value, date) else str(value)

    def _amount(self, spec: Spec, value: Any) -> str:
        text = self._text(spec, value)
        return f"{self.company.currency} {text}" if spec.kind == "money" and text else text

    def _words(self, values: dict[str, Any]) -> Labelled | None:
        money = [spec.path for spec in self.totals if spec.kind == "money"]
        path = self.form.words or (money[-1] if money and self.language != "en" else None)
        value = values.get(path) if path else None
        if not isinstance(value, Decimal):
            return None
        return Labelled(self._word("print.in_words"), in_words(value, self.language))

    def _company_lines(self) -> tuple[str, ...]:
        said = [getattr(self.company, name, "") for name in _PARTY_LINES]
        return tuple(text for text in said if text)

    def _label(self, spec: Spec) -> str:
        return label_words(spec, self.language)

    def _word(self, key: str) -> str:
        return catalogue().texts[self.language].get(key) or resolve(key, language=self.language)


def _code(number: str) -> str | None:
    """The number as a QR code in SVG, for scanners."""
    if not number:
        return None
    drawn = BytesIO()
    segno.make(number, micro=False, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
