"""Write the skeleton of a new document, and a scenario test that fails until it is finished.

Usage: python tools/newdoc.py MODULE.NOUN [--commitment]     (posting is the default)

Files that are there already are added to, at their end; nothing in them is overwritten, and what
was added once is not added again. What only you can write is printed, in the order to do it.
"""

import argparse
import ast
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

    {party} = link("party.Party")
    warehouse = link("ledger.Location")


class {Noun}Line(Line):
    {noun} = models.ForeignKey({Noun}, on_delete=models.CASCADE, related_name="lines")
    product = link("product.Product")
    unit = link("product.Unit")
    quantity_unit = quantity_field(help_text="In the unit of the line.")
    quantity = quantity_field(editable=False, help_text="In base units.")
{LOT_COLUMN}
    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="{noun}_line_positive")
        ]
'''

VERBS = '''"""{Words}: say what happens when one is posted."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects

from heyi.ledger.api import Dimensions, Movement, Posting, Ref, World, lots, post, reverse
from heyi.platform import clock
from heyi.platform.access import Actor
from heyi.platform.documents import advance
from heyi.platform.drafts import Draft
from heyi.product.api import count_lines, counting
from heyi.{module}.models import {Noun}

# What will leave: the lines of papers that are on their way to be posted.
EXPECTED = """
    SELECT d.company_id, l.product_id, d.warehouse_id, d."on", -l.quantity
    FROM {table} d JOIN {table}line l ON l.{noun}_id = d.id
    WHERE d.state IN ('submitted', 'approved')
"""


def prepare_{noun}(draft: Draft, actor: Actor) -> None:
    """Count the lines in base units."""
    count_lines(draft)


@transaction.atomic(savepoint=False)
def post_{nouns}({nouns}: Sequence[{Noun}], *, actor: Actor, reason: str = "") -> None:
    """Move the goods and book their cost. All of them or none."""
    prefetch_related_objects({nouns}, "lines")
    advance({nouns}, "post", actor=actor, reason=reason)
    taken = _lots({nouns})
    post([_posting(d, taken) for d in {nouns}])


@transaction.atomic(savepoint=False)
def reverse_{nouns}({nouns}: Sequence[{Noun}], *, actor: Actor, reason: str = "") -> None:
    """Undo what posting did, on today's business day."""
    advance({nouns}, "reverse", actor=actor, reason=reason)
    company = {nouns}[0].company
    refs = [Ref({Noun}.type, d.pk) for d in {nouns}]
    reverse(company.pk, refs, on=clock.today(company.timezone))


def _lots({nouns}: Sequence[{Noun}]) -> dict[int, list[lots.Pick]]:
    """What each line takes of which lot: the one it names, else first expired, first out."""
    lines = [(d, x) for d in {nouns} for x in d.lines.all()]
    company, on = {nouns}[0].company_id, min(d.on for d in {nouns})
    named = [x for _, x in lines if x.lot_code]
    ids = lots.register(company, [lots.Named(x.product_id, x.lot_code) for x in named])
    taken = {{x.pk: [lots.Pick(lot, x.quantity, None)] for x, lot in zip(named, ids, strict=True)}}
    facts = counting((x.product_id, 0) for _, x in lines).values()
    followed = {{c.product for c in facts if c.tracking != "none"}}
    open_ = [(d, x) for d, x in lines if not x.lot_code and x.product_id in followed]
    wants = [lots.Want(x.product_id, d.warehouse_id, x.quantity) for d, x in open_]
    for (_, line), picks in zip(open_, lots.picks(company, wants, on=on), strict=True):
        taken[line.pk] = picks
    return taken


def _posting({noun}: {Noun}, taken: dict[int, list[lots.Pick]]) -> Posting:
    return Posting(
        company={noun}.company_id,
        document=Ref({Noun}.type, {noun}.pk),
        on={noun}.on,
        movements=tuple(
            Movement(
                purpose="{module}.{noun}",
                product=line.product_id,
                quantity=pick.quantity,
                source={noun}.warehouse_id,
                target=World.{PARTIES},
                origin=Ref("{module}.{noun}_line", line.pk),
                lot=pick.lot,
                dimensions=Dimensions(party={noun}.{party}_id),
            )
            for line in {noun}.lines.all()
            for pick in taken.get(line.pk) or [lots.Pick(0, line.quantity, None)]
        ),
    )
'''

PROMISE = """{docq}{Words}: what is promised, and what must be filled in.{docq}

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
        "read": {{{ASKER}, {HEAD}, KEEPER, ACCOUNTANT, ADMINISTRATOR, AUDITOR}},
        "edit": {{{ASKER}, KEEPER}},
        "submit": {{{ASKER}, KEEPER}},
        "withdraw": {{{ASKER}, KEEPER}},
        "reject": {{{HEAD}}},
        "approve": {{{HEAD}}},
        "cancel": {{{ASKER}, KEEPER, {HEAD}}},
{LEDGER_VERBS}    }},
    rows={{KEEPER: within("warehouse", "warehouse")}},
    never_same_person=(("submit", "approve"),),
)
"""

POSTING_VERBS = """        "post": {{KEEPER}},
        "reverse": {{{HEAD}, ACCOUNTANT}},
"""

PROMISE_VERBS = """        "close": {{{HEAD}}},
        "reopen": {{{HEAD}}},
"""

SCREEN = """
{NOUN} = Screen(
    id="{module}.{noun}",
    model="{module}.{Noun}",
    listing=Listing(
        columns=("number", "on", "{party}", "warehouse", "state"),
        filters=("state", "{party}", "warehouse", "on"),
        search=("number", "{party}.name", "{party}.code"),
        presets={{{TO_POST}"open": {{"state": ["draft", "submitted", "approved"]}}}},
        order=("-on", "-id"),
    ),
    sections=(
        section("{party}", Field("{party}", lookup="party.{party}")),
        section("terms", "on", Field("warehouse", lookup="ledger.warehouse")),
        section("more", "note"),
    ),
    lines=Lines(
        path="lines",
        columns=(
            Field("product", lookup="product.product"), Field("quantity_unit"),
            Field("unit", lookup="product.unit", required=False),{LOT_FIELD} Field("note"),
        ),
    ),
    actions=(
        Action("submit", key="mod+enter"), Action("approve", key="mod+enter"),{LEDGER_ACTIONS}
        Action("withdraw"), Action("reject", reason=True), Action("cancel", confirm=True, reason=True),
    ),
    panels=("platform.log",{POSTINGS} "platform.comments", "platform.attachments"),
)
"""

WORDS = """["{module}.{noun}"]
zh_hant = ""
zh_hans = ""
en = "{Word}"

["{module}.{noun}.plural"]
zh_hant = ""
zh_hans = ""
en = "{Words}"
"""

PURPOSE = """
["purpose.{module}.{noun}"]
zh_hant = ""
zh_hans = ""
en = "{Word}"
"""

STORY = '''"""{Words}, told as named people tell it."""

from typing import Any

from tests.scenario.people import Answer, Company
{STORY_IMPORT}

def {noun}(company: Company, *lines: dict[str, Any]) -> dict[str, Any]:
    head = {{"{party}": company.{party}, "warehouse": company.warehouse}}
    answer = company.{asker}.writes("{module}.{noun}", head, lines)
    assert answer.status == 201, answer
    return answer.body


def needs_approval(company: Company) -> None:
    """The head is asked; without a policy, `submit` approves at once."""
    flow = {{"steps": [{{"id": "head", "who": [{{"role": "{head}"}}]}}]}}
    policy = {{"document_type": "{module}.{noun}", "code": "usual", "flow": flow}}
    drafted = company.admin.asks("post", "/approvals/policies", policy)
    assert drafted.status == 201, drafted
    path = f"/approvals/policies/{{drafted.body['id']}}/publish"
    assert company.admin.asks("post", path, {{}}).status == 200


def after(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer
    return answer.body["records"][0]


def test_a_{noun}_is_asked_for_and_approved(company: Company) -> None:
    """Say who asks, who approves, what moves, and which accounts it touches."""
    needs_approval(company)
{STORY_STOCK}    draft = {noun}(company, {{"product": company.bolt, "quantity_unit": "3"}})
    submitted = after(company.{asker}.does("submit", "{module}.{noun}", draft))
    assert submitted["state"] == "submitted"
    approved = after(company.zhao.does("approve", "{module}.{noun}", submitted))
    assert approved["state"] == "approved"
{STORY_POST}    raise AssertionError("tell the rest of the story, and one refusal")
'''

STORY_STOCK = """    company.received({"product": company.bolt, "quantity_unit": "10", "price": "2.5"})
"""

STORY_POST = """    posted = after(company.wang.does("post", "{module}.{noun}", approved))
    assert on_hand(company, company.bolt) == "7.000000"
    assert balances(company) == {{"1405.01": "17.50", "…": "7.50", "2202.99": "-25.00"}}
    back = company.zhao.does("reverse", "{module}.{noun}", posted, reason="a mistake")
    assert after(back)["state"] == "reversed"
    assert on_hand(company, company.bolt) == "10.000000"
"""

# Where the names come from that the parts added to existing files use.
IMPORTS = {
    "models.py": {
        "models": "django.db", "Q": "django.db.models", "{LIFECYCLE}": "heyi.kernel.lifecycle",
        "Document": "heyi.platform.models", "Line": "heyi.platform.models",
        "link": "heyi.platform.models", "quantity_field": "heyi.platform.models",
    },
    "access.py": {"Access": "heyi.platform.access", "within": "heyi.platform.access"},
    "screens.py": dict.fromkeys(
        ("Action", "Field", "Lines", "Listing", "Screen", "section"), "heyi.kernel.screens"
    ),
}  # fmt: skip
ROLES = {
    "KEEPER": "inventory.keeper", "ACCOUNTANT": "finance.accountant",
    "ADMINISTRATOR": "system.administrator", "AUDITOR": "audit.auditor",
}  # fmt: skip

MANIFEST = """
Now, in this order:
  docs/glossary.md            a row for the new word
  src/heyi/{module}/models.py     its docstring, and fields of its own
  src/heyi/{module}/messages/{noun}.toml   the words in three languages
  src/heyi/{module}/apps.py
      documents = (…, "{module}.{Noun}")
      declare():  from heyi.{module} import …, {noun}
        "screens": (…, screens.{NOUN})
        "access":  (…, access.{NOUN})
        "prepare": {{…, "{module}.{noun}": {noun}.prepare_{noun}}}"""

AFTER_POSTING = """
        "verbs":   {{…, "{module}.{noun}": {{"post": {noun}.post_{nouns},
                                    "reverse": {noun}.reverse_{nouns}}}}}
        "expected": (…, {noun}.EXPECTED)
  src/heyi/ledger/charts/purposes.csv
      {module}.{noun},,ROLE_OF_THE_COUNTER_ACCOUNT,inventory_variance"""

AFTERWARDS = """
  python tools/remigrate.py {module}
  python tools/access.py      writes docs/access.txt; review its diff
  tests/scenario/test_{nouns}.py    the story
  ruff check --fix && ruff format
  make check test"""


def write(module: str, noun: str, *, posting: bool) -> None:
    """Create the files that are not there, add to those that are, and say what is left to do."""
    folder = SOURCE / module
    if not (folder / "apps.py").is_file():
        raise SystemExit(
            f"there is no module {module} with an apps.py; see .importlinter for the layers"
        )
    asker, head = _roles(folder)
    party = "supplier" if module == "purchase" else "customer"
    word = noun.replace("_", " ").capitalize()
    nouns, camel, table = _plural(noun), _camel(noun), f"{module}_{_camel(noun).lower()}"
    names = {
        "module": module, "noun": noun, "nouns": nouns, "docq": '"""', "Noun": camel,
        "NOUN": noun.upper(), "Word": word, "Words": _plural(word), "table": table,
        "party": party, "PARTIES": party.upper() + "S",
        "ASKER": _constant(asker), "HEAD": _constant(head), "head": head,
        "asker": {"sales": "li", "purchase": "sun"}.get(module, "wang"),
        "LIFECYCLE": "POSTING" if posting else "COMMITMENT",
        "LEDGER_ACTIONS": ' Action("post", key="mod+enter"),\n'
        '        Action("reverse", confirm=True, reason=True),'
        if posting else ' Action("close", confirm=True), Action("reopen"),',
        "LOT_COLUMN": '    lot_code = models.CharField(max_length=64, blank=True, default="")\n'
        if posting else "",
        "LOT_FIELD": ' Field("lot_code"),' if posting else "",
        "TO_POST": '"to_post": {"state": ["approved"]}, ' if posting else "",
        "POSTINGS": ' "platform.postings",' if posting else "",
    }  # fmt: skip
    names["LEDGER_VERBS"] = (POSTING_VERBS if posting else PROMISE_VERBS).format(**names)
    names["STORY_IMPORT"] = (
        "from tests.scenario.test_goods_in_and_out import balances, on_hand\n" if posting else ""
    )
    names["STORY_STOCK"] = STORY_STOCK if posting else ""
    names["STORY_POST"] = STORY_POST.format(**names) if posting else ""
    words = WORDS + PURPOSE if posting else WORDS
    _create(folder / f"{noun}.py", (VERBS if posting else PROMISE).format(**names))
    _create(folder / "messages" / f"{noun}.toml", words.format(**names))
    _create(ROOT / "tests" / "scenario" / f"test_{nouns}.py", STORY.format(**names))
    constants = {_constant(asker): asker, _constant(head): head} | ROLES
    for file, part, mark in (
        ("models.py", MODEL, rf"^class {camel}\("),
        ("access.py", ACCESS, rf"^{noun.upper()} = "),
        ("screens.py", SCREEN, rf"^{noun.upper()} = "),
    ):
        imports = {name.format(**names): source for name, source in IMPORTS[file].items()}
        _append(
            folder / file, part.format(**names), mark, imports,
            constants if file == "access.py" else {},
        )  # fmt: skip
    if posting:
        freeze = f"CALL platform_freeze('{table}', '{table}line', '{noun}_id');\n"
        _append(folder / "guards.sql", freeze, f"'{table}'", {}, {})
    print((MANIFEST + (AFTER_POSTING if posting else "") + AFTERWARDS).format(**names))


def _roles(folder: Path) -> tuple[str, str]:
    """Who asks and who answers for it: the module's first role and its last."""
    said = re.search(r"^    roles = \(([^)]*)\)", (folder / "apps.py").read_text("utf-8"), re.M)
    roles = re.findall(r'"([a-z_.]+)"', said[1]) if said else []
    return (roles[0], roles[-1]) if roles else (f"{folder.name}.clerk", f"{folder.name}.manager")


def _constant(role: str) -> str:
    return role.partition(".")[2].upper()


def _plural(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|ch|sh)$", word) else "s")


def _camel(noun: str) -> str:
    return "".join(part.capitalize() for part in noun.split("_"))


def _create(path: Path, text: str) -> None:
    if path.exists():
        print(f"there already: {path.relative_to(ROOT)}")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"written: {path.relative_to(ROOT)}")


def _append(
    path: Path, text: str, mark: str, imports: dict[str, str], constants: dict[str, str]
) -> None:
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    if re.search(mark, present, re.M):
        print(f"there already: {path.relative_to(ROOT)}")
        return
    if path.suffix == ".py":
        present = _named(present, imports, constants)
    gap = "\n" if present and path.suffix == ".py" else ""
    path.write_text((present.rstrip() + "\n" + gap if present else "") + text, encoding="utf-8")
    print(f"added to: {path.relative_to(ROOT)}")


def _named(text: str, imports: dict[str, str], constants: dict[str, str]) -> str:
    """The text with the names the new part uses and it does not have yet, after its imports."""
    tree = ast.parse(text)
    known, end = set(), 0
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            known |= {a.asname or a.name for a in node.names}
            end = node.end_lineno or end
        elif isinstance(node, ast.Assign):
            known |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        elif end == 0 and isinstance(node, ast.Expr):  # the docstring
            end = node.end_lineno or end
    lines = text.splitlines()
    added = [f"from {s} import {n}" for n, s in imports.items() if n not in known]
    wanted = [f'{n} = "{role}"' for n, role in constants.items() if n not in known]
    lines[end:end] = added + (["", *wanted] if wanted else [])
    return "\n".join(lines) + "\n"


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
