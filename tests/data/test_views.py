"""Saved views: a person's own and the company's, never more than the person may see."""

import pytest

COLUMNS = [{"path": "number", "width": 120}, {"path": "supplier"}, {"path": "value"}]
LATE = {"name": "Late", "columns": COLUMNS, "filter": {"state": ["draft"]}, "order": "-on,number"}
PATH = "/views/purchase.receipt"


@pytest.fixture
def li(world):
    return world.hires("li2", "purchase.buyer")


@pytest.fixture
def boss(world):
    return world.hires("boss", "purchase.manager")


def test_a_view_comes_back_as_it_was_kept(li):
    made = li.sends("POST", PATH, LATE, 201)
    [found] = li.reads(PATH)
    assert found == made
    assert found["columns"] == [{"path": c["path"], "width": c.get("width")} for c in COLUMNS]
    assert (found["filter"], found["order"]) == ({"state": ["draft"]}, "-on,number")
    assert (found["own"], found["first"], found["shared"]) == (True, False, False)


def test_own_views_are_private_and_shared_ones_are_not(li, boss):
    li.sends("POST", PATH, LATE, 201)
    assert boss.reads(PATH) == []
    li.sends("POST", PATH, {**LATE, "name": "All", "shared": True}, 403)
    boss.sends("POST", PATH, {**LATE, "name": "Ours", "shared": True}, 201)
    assert [(v["name"], v["own"]) for v in li.reads(PATH)] == [("Late", True), ("Ours", False)]


def test_the_first_view_is_each_persons_choice(li, boss):
    shared = boss.sends("POST", PATH, {**LATE, "shared": True}, 201)
    li.sends("PUT", f"{PATH}/first", {"view": shared["id"]}, 204)
    assert [v["first"] for v in li.reads(PATH)] == [True]
    assert [v["first"] for v in boss.reads(PATH)] == [False]
    li.sends("PUT", f"{PATH}/first", {"view": None}, 204)
    assert [v["first"] for v in li.reads(PATH)] == [False]


def test_views_of_others_can_neither_be_changed_nor_chosen_nor_removed(li, boss):
    private = boss.sends("POST", PATH, LATE, 201)
    shared = boss.sends("POST", PATH, {**LATE, "name": "Ours", "shared": True}, 201)
    li.sends("PUT", f"{PATH}/first", {"view": private["id"]}, 404)
    li.sends("PUT", f"{PATH}/{shared['id']}", {**LATE, "version": 1}, 404)
    li.sends("DELETE", f"{PATH}/{shared['id']}", None, 404)


def test_a_removed_view_lets_everybody_start_again(li, boss):
    shared = boss.sends("POST", PATH, {**LATE, "shared": True}, 201)
    li.sends("PUT", f"{PATH}/first", {"view": shared["id"]}, 204)
    boss.sends("DELETE", f"{PATH}/{shared['id']}", None, 204)
    assert li.reads(PATH) == []
    boss.sends("POST", PATH, LATE, 201)


def test_two_changes_at_once_conflict(li):
    made = li.sends("POST", PATH, LATE, 201)
    li.sends("PUT", f"{PATH}/{made['id']}", {**LATE, "search": "SF", "version": 1}, 200)
    [refusal] = li.sends("PUT", f"{PATH}/{made['id']}", {**LATE, "version": 1}, 409)["refusals"]
    assert refusal["code"] == "views.view_stale"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"name": " "}, "views.name_malformed"),
        ({"name": "x" * 61}, "views.name_malformed"),
        ({"columns": []}, "views.columns_malformed"),
        ({"columns": [{"path": "secret"}]}, "views.columns_malformed"),
        ({"columns": [{"path": "number"}, {"path": "number"}]}, "views.columns_malformed"),
        ({"columns": [{"path": "number", "width": 5}]}, "views.columns_malformed"),
        ({"filter": {"nothing": 1}}, "platform.filter_unknown"),
        ({"order": "nothing"}, "platform.filter_unknown"),
        ({"preset": "nothing"}, "platform.filter_unknown"),
    ],
)
def test_a_view_the_list_cannot_show_is_refused(li, part, code):
    [refusal] = li.sends("POST", PATH, {**LATE, **part}, 422)["refusals"]
    assert refusal["code"] == code


def test_a_name_is_used_once(li):
    li.sends("POST", PATH, LATE, 201)
    [refusal] = li.sends("POST", PATH, LATE, 422)["refusals"]
    assert refusal["code"] == "views.name_taken"


def test_what_the_reader_may_not_see_is_left_out(world, boss):
    accountant = world.hires("chen2", "finance.accountant", "sales.manager")
    columns = [{"path": "code"}, {"path": "standard"}]
    view = {"name": "Costs", "columns": columns, "filter": {}, "order": "code", "shared": True}
    accountant.sends("POST", "/views/product.product", view, 201)
    [found] = boss.reads("/views/product.product")
    assert found["columns"] == [{"path": "code", "width": None}]


def test_an_unknown_screen_is_not_found(li):
    li.reads("/views/no.screen", 404)
