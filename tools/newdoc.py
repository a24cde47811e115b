"""Write the skeleton of a new document, and a scenario test that fails until it is finished.

Usage: python tools/newdoc.py MODULE.NOUN [--commitment]     (posting is the default)

Nothing existing is overwritten: what belongs into a file that is there already is printed, to be
put where it reads best.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "heyi"

MODEL = '''
class {Noun}(Document):
    """Say in one sentence a buyer could read what this paper is."""

    type = "{module}.{noun}"
    lifecycle = {LIFECYCLE}

    customer = link("party.Party")
    warehouse = link("ledger.Location")


class {Noun}Line(Line):
    {noun} = models.ForeignKey({Noun}, on_delete=models.CASCADE, related_name="lines")
    product = link("product.Product")
    unit = link("product.Unit")
    quantity_unit = quantity_field(help_text="In the unit of the line.")
    quantity = quantity_field(editable=False, help_text="In base units.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="{noun}_line_positive")
        ]
'''

VERBS = '''"""{Nouns}: say what happens when one is posted."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects

from heyi.ledger.api import Dimensions, Movement, Posting, Ref, World, post, reverse
from heyi.platform import clock
from heyi.platform.access import Actor
from heyi.platform.documents import advance
from heyi.platform.drafts import Draft
from heyi.product.api import count_lines
from heyi.{module}.models import {Noun}


def prepare_{noun}(draft: Draft, actor: Actor) -> None:
    """Count the lines in base units."""
    count_lines(draft)


@transaction.atomic(savepoint=False)
def post_{noun}s({noun}s: Sequence[{Noun}], *, actor: Actor, reason: str = "") -> None:
    """Move the goods and book their cost. All of them or none."""
    prefetch_related_objects({noun}s, "lines")
    advance({noun}s, "post", actor=actor, reason=reason)
    post([_posting(d) for d in {noun}s])


@transaction.atomic(savepoint=False)
def reverse_{noun}s({noun}s: Sequence[{Noun}], *, actor: Actor, reason: str = "") -> None:
    """Undo what posting did, on today's business day."""
    advance({noun}s, "reverse", actor=actor, reason=reason)
    company = {noun}s[0].company
    refs = [Ref({Noun}.type, d.pk) for d in {noun}s]
    reverse(company.pk, refs, on=clock.today(company.timezone))


def _posting({noun}: {Noun}) -> Posting:
    return Posting(
        company={noun}.company_id,
        document=Ref({Noun}.type, {noun}.pk),
        on={noun}.on,
        movements=tuple(
            Movement(
                purpose="{module}.{noun}",
                product=line.product_id,
                quantity=line.quantity,
                source={noun}.warehouse_id,
                target=World.CUSTOMERS,
                origin=Ref("{module}.{noun}_line", line.pk),
                dimensions=Dimensions(party={noun}.customer_id),
            )
            for line in {noun}.lines.all()
        ),
    )
'''

PROMISE = """{docq}{Nouns}: what is promised, and what must be filled in.{docq}

from heyi.platform.access import Actor
from heyi.platform.drafts import Draft
from heyi.product.api import count_lines


def prepare_{noun}(draft: Draft, actor: Actor) -> None:
    {docq}Count the lines in base units.{docq}
    count_lines(draft)
"""

ACCESS = """
{NOUN} = Access(
    type="{module}.{noun}",
    verbs={{
        "read": {{CLERK, MANAGER, KEEPER, ACCOUNTANT, ADMINISTRATOR, AUDITOR}},
        "edit": {{CLERK, KEEPER}},
        "submit": {{CLERK, KEEPER}},
        "withdraw": {{CLERK, KEEPER}},
        "reject": {{MANAGER}},
        "approve": {{MANAGER}},
        "cancel": {{CLERK, KEEPER, MANAGER}},
{LEDGER_VERBS}    }},
    never_same_person=(("submit", "approve"),),
)
"""

SCREEN = """
{NOUN} = Screen(
    id="{module}.{noun}",
    model="{module}.{Noun}",
    listing=Listing(
        columns=("number", "on", "customer", "warehouse", "state"),
        filters=("state", "customer", "warehouse", "on"),
        search=("number", "customer.name", "customer.code"),
        presets={{"open": {{"state": ["draft", "submitted", "approved"]}}}},
        order=("-on", "-id"),
    ),
    sections=(
        section("customer", Field("customer", lookup="party.customer")),
        section("terms", "on", Field("warehouse", lookup="ledger.warehouse")),
        section("more", "note"),
    ),
    lines=Lines(
        path="lines",
        columns=(
            Field("product", lookup="product.product"), Field("quantity_unit"),
            Field("unit", lookup="product.unit", required=False), Field("note"),
        ),
    ),
    actions=(
        Action("submit", key="mod+enter"), Action("approve", key="mod+enter"),{LEDGER_ACTIONS}
        Action("withdraw"), Action("reject", reason=True), Action("cancel", confirm=True, reason=True),
    ),
    panels=("platform.log", "platform.postings", "platform.comments", "platform.attachments"),
)
"""

WORDS = """["{module}.{noun}"]
zh_hant = ""
zh_hans = ""
en = "{Noun}"

["{module}.{noun}.plural"]
zh_hant = ""
zh_hans = ""
en = "{Nouns}"

["purpose.{module}.{noun}"]
zh_hant = ""
zh_hans = ""
en = "{Noun}"
"""

STORY = '''"""{Nouns}, told as named people tell it."""

from tests.scenario.people import Company


def test_a_{noun}_is_asked_for_approved_and_posted(company: Company) -> None:
    """Say who asks, who approves, what moves, and which accounts it touches."""
    raise AssertionError("tell the story")
'''


def write(module: str, noun: str, *, posting: bool) -> None:
    """Create the files that are not there; print what belongs into those that are."""
    folder = SOURCE / module
    if not folder.is_dir():
        raise SystemExit(f"there is no module {module}; see .importlinter for the layers")
    names = {
        "module": module, "noun": noun, "docq": '"""', "Noun": _camel(noun), "NOUN": noun.upper(),
        "Nouns": _camel(noun) + "s", "LIFECYCLE": "POSTING" if posting else "COMMITMENT",
        "LEDGER_VERBS": '        "post": {KEEPER},\n        "reverse": {MANAGER, ACCOUNTANT},\n'
        if posting else '        "close": {MANAGER},\n        "reopen": {MANAGER},\n',
        "LEDGER_ACTIONS": ' Action("post", key="mod+enter"),\n'
        '        Action("reverse", confirm=True, reason=True),'
        if posting else ' Action("close", confirm=True), Action("reopen"),',
    }  # fmt: skip
    (folder / "messages").mkdir(exist_ok=True)
    _create(folder / f"{noun}.py", (VERBS if posting else PROMISE).format(**names))
    _create(folder / "messages" / f"{noun}.toml", WORDS.format(**names))
    _create(ROOT / "tests" / "scenario" / f"test_{noun}s.py", STORY.format(**names))
    for file, part in (("models.py", MODEL), ("access.py", ACCESS), ("screens.py", SCREEN)):
        _append(
            folder / file,
            part.format(**names),
            names["Noun"] if file == "models.py" else names["NOUN"],
        )
    if posting:
        freeze = f"CALL platform_freeze('{module}_{noun}', '{module}_{noun}line', '{noun}_id');\n"
        _append(folder / "guards.sql", freeze, f"{module}_{noun}'")
    print(
        f"""
Now, in this order:
  src/heyi/{module}/apps.py      documents += ("{module}.{names["Noun"]}",); in declare(): screens.{names["NOUN"]},
                              access.{names["NOUN"]}, prepare {{"{module}.{noun}": {noun}.prepare_{noun}}},
                              verbs {{"{module}.{noun}": {{"post": {noun}.post_{noun}s, "reverse": {noun}.reverse_{noun}s}}}}
  src/heyi/{module}/messages/{noun}.toml   the words, three languages
  ledger purposes             a row for "{module}.{noun}": which accounts
  python tools/remigrate.py {module}
  tests/scenario/test_{noun}s.py    the story
  make check test"""
    )


def _camel(noun: str) -> str:
    return "".join(part.capitalize() for part in noun.split("_"))


def _create(path: Path, text: str) -> None:
    if path.exists():
        print(f"there already: {path.relative_to(ROOT)}")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"written: {path.relative_to(ROOT)}")


def _append(path: Path, text: str, mark: str) -> None:
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    if mark in present:
        print(f"there already: {mark} in {path.relative_to(ROOT)}")
        return
    path.write_text(present.rstrip() + "\n" + ("\n" if present else "") + text, encoding="utf-8")
    print(f"added to: {path.relative_to(ROOT)}")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("document", help="module.noun, for example sales.sample")
    parser.add_argument("--commitment", action="store_true", help="a promise, not a posting")
    parser.add_argument("--posting", action="store_true", help="the default")
    chosen = parser.parse_args(arguments)
    if not re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", chosen.document):
        parser.error("say module.noun in lower case, for example sales.sample")
    module, noun = chosen.document.split(".")
    write(module, noun, posting=not chosen.commitment)


if __name__ == "__main__":
    main(sys.argv[1:])
