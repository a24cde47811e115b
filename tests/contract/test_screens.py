"""Every declared screen, lookup and access, inspected: nothing names what does not exist."""

import dataclasses

import pytest
from django.apps import apps

from heyi.kernel.errors import BusinessError
from heyi.kernel.screens import Field, Lines, Listing, Screen, section
from heyi.platform import modules, screens
from heyi.platform.access import Access
from heyi.platform.messages import catalogue

SCREENS = sorted(modules.screens())


def test_there_are_screens():
    assert {"purchase.receipt", "sales.delivery", "party.party", "product.product"} <= set(SCREENS)


def test_everything_declared_resolves():
    assert list(screens.problems()) == []


@pytest.mark.parametrize("screen_id", SCREENS)
def test_every_word_a_screen_speaks_exists(screen_id):
    missing = {key for key in screens.labels(screens.compiled(screen_id)) if key not in catalogue()}
    assert missing == set()


@pytest.mark.parametrize("screen_id", SCREENS)
def test_a_screen_offers_what_its_type_can_do(screen_id):
    screen = screens.compiled(screen_id)
    access = Access.registry[screen_id]
    assert access.verbs.get("read"), "nobody may read it"
    if screen.declared.editable and screen.entered:
        assert access.verbs.get("edit"), "it can be edited, by nobody"
    for verb in screen.verbs:
        assert access.verbs.get(verb), f"nobody may {verb}"
    if screen.lifecycle is not None:
        unreachable = {t.name for t in screen.lifecycle.transitions} - set(access.verbs)
        assert unreachable <= {"close", "reopen"}, "steps nobody may take"
    known = set(screen.fields) | {f"lines.{p}" for p in screen.line_fields or ()}
    columns = {f.name for f in screen.model._meta.get_fields()}
    lines = {f.name for f in screen.line_model._meta.get_fields()} if screen.line_model else set()
    for secret in access.fields:
        name = secret.removeprefix("lines.").partition(".")[0]
        assert secret in known or name in columns | lines, f"secret {secret} is no field"


@pytest.mark.parametrize("screen_id", SCREENS)
def test_a_list_starts_by_an_index_or_by_its_code(screen_id):
    """The first column of the screen's own order, within a company, has an index."""
    screen = screens.compiled(screen_id)
    first = screen.order[0][0]
    meta = screen.model._meta
    indexed = {"id"}
    for index in meta.indexes:
        indexed |= {name.lstrip("-") for name in index.fields[:2]}
    for constraint in meta.constraints:
        indexed |= set(getattr(constraint, "fields", ())[:2])
        for expression in getattr(constraint, "expressions", ())[:2]:
            indexed.add(getattr(expression, "name", ""))
    assert first.partition(".")[0] in indexed, f"{screen_id} is sorted by {first}"


@pytest.mark.parametrize("screen_id", SCREENS)
def test_documents_are_named_by_their_screen(screen_id):
    model = screens.compiled(screen_id).model
    if hasattr(model, "lifecycle"):
        assert model.type == screen_id
        assert any(apps.get_model(path) is model for m in modules.modules() for path in m.documents)


def test_every_document_has_a_screen():
    types = {apps.get_model(p).type for m in modules.modules() for p in m.documents}
    assert types <= set(SCREENS)


def test_every_remedy_opens_a_screen_that_exists():
    known = set(SCREENS)
    wrong = {
        error.code: error.remedy.screen
        for error in BusinessError.registry.values()
        if error.remedy and error.remedy.screen and not error.code.startswith("test.")
        if error.remedy.screen not in known and not is_page(error.remedy.screen)
    }
    assert wrong == {}


def is_page(screen: str) -> bool:
    """Hand-written pages are opened by "page:<path>"."""
    return screen.startswith("page:")


# ---------------------------------------------------------------- typos fail the boot


def compiling(**changes):
    screen = modules.screens()["purchase.receipt"]
    with pytest.raises(screens.ScreenError) as caught:
        screens._compile(dataclasses.replace(screen, **changes))
    return str(caught.value)


def listing(**changes):
    return dataclasses.replace(modules.screens()["purchase.receipt"].listing, **changes)


@pytest.mark.parametrize(("_case", "changes", "sentence"), [
    ("a field", {"sections": (section("a", "suplier"),)},
     'purchase.receipt: no field "suplier"; did you mean "supplier"?'),
    ("a field of a reference", {"sections": (section("a", "supplier.nmae"),)},
     'purchase.receipt: no field "nmae"; did you mean "name"?'),
    ("a path through a plain field", {"sections": (section("a", "reference.name"),)},
     'purchase.receipt: "reference.name" goes on after reference'),
    ("a model", {"model": "purchase.Recipt"}, 'purchase.receipt: no model "purchase.Recipt"'),
    ("an access", {"id": "purchase.recipt"},
     "purchase.recipt: nobody may see it; declare an Access of that type"),
    ("a lookup", {"sections": (section("a", Field("supplier", lookup="party.suplier")),)},
     'purchase.receipt: no lookup "party.suplier"; did you mean "party.supplier"?'),
    ("a column of the list", {"listing": listing(columns=("number", "stat"))},
     'purchase.receipt: no field "stat"; did you mean "state"?'),
    ("a search", {"listing": listing(search=("supplier.cod",))},
     'purchase.receipt: no field "cod"; did you mean "code"?'),
    ("an order", {"listing": listing(order=("-onn",))},
     'purchase.receipt: no field "onn"; did you mean "on"?'),
    ("a preset", {"listing": listing(presets={"x": {"stat": ["draft"]}})},
     'purchase.receipt: no field "stat"; did you mean "state"?'),
    ("the lines", {"lines": Lines(path="line", columns=("product",))},
     'purchase.receipt: no field "line"; did you mean "lines"?'),
    ("a column of the lines", {"lines": Lines(path="lines", columns=("product", "prise"))},
     'purchase.receipt: no field "prise"; did you mean "price"?'),
    ("where lines are entered", {"lines": Lines(path="lines", columns=("product",), enter="code")},
     'purchase.receipt: lines are entered at "code", no such column'),
    ("the same field twice", {"sections": (section("a", "on"), section("b", "on"))},
     'purchase.receipt: "on" stands in two places'),
])  # fmt: skip
def test_a_typo_fails_the_boot_and_says_what_was_meant(_case, changes, sentence):
    assert compiling(**changes) == sentence


def test_a_button_for_a_step_that_does_not_exist_cannot_be_declared():
    from heyi.kernel.screens import Action

    sentence = compiling(actions=(Action("submitt"),))
    assert sentence == 'purchase.receipt: no verb "submitt"; did you mean "submit"?'


def test_the_system_check_reports_it(monkeypatch):
    wrong = Screen(
        id="purchase.receipt", model="purchase.Receipt", listing=Listing(columns=("numbr",))
    )
    monkeypatch.setattr(modules, "screens", lambda: {"purchase.receipt": wrong})
    screens.compiled.cache_clear()
    try:
        [error] = screens.check_screens(None)
    finally:
        monkeypatch.undo()
        screens.compiled.cache_clear()
    assert (error.id, error.msg) == (
        "heyi.E031", 'purchase.receipt: no field "numbr"; did you mean "number"?'
    )  # fmt: skip
