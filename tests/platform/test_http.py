"""What the API answers when something is off, and that its answers have their declared shapes."""

import json

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heyi.platform import schemas as shape
from tests.platform.conftest import codes

RECEIPT = "purchase.receipt"


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b'{"values": NaN}', b'{"values": []}',
    b'{"values": {"price": Infinity}}', b'{"lines": {}}', b'{"lines": [1]}', b'{"version": "x"}',
    b"[" * 100_000, b'{"values": ' + b'{"a":' * 500 + b"1" + b"}" * 501,
    b'{"values": {"on": ' + b"9" * 5000 + b"}}",
])  # fmt: skip
def test_a_request_that_cannot_be_read_is_refused(body, firm, li):
    reply = li.ask("POST", f"/records/{RECEIPT}", body)
    assert reply.status_code == 400, reply.content[:300]
    assert {c for c, _, _ in codes(reply.json())} == {"platform.request_unreadable"}


def test_a_request_too_large_is_refused(firm, li):
    reply = li.ask(
        "POST", f"/records/{RECEIPT}", b'{"values": {"note": "' + b"x" * 9_000_000 + b'"}}'
    )
    assert reply.status_code == 413
    assert [c for c, _, _ in codes(reply.json())] == ["platform.request_too_large"]


@pytest.mark.parametrize("path", [
    "/records/no.screen", "/screens/no.screen", "/lookups/no.lookup", "/messages/fr",
    f"/records/{RECEIPT}/999999", f"/records/{RECEIPT}/{10**30}", f"/records/{RECEIPT}/0",
    f"/records/{RECEIPT}/1/panels/none", f"/records/{RECEIPT}/1/log", "/docs/settings.py",
])  # fmt: skip
def test_what_is_not_there_is_not_found(path, firm, li):
    assert li.ask("GET", path).status_code == 404


@pytest.mark.parametrize(("accepted", "message"), [
    ("zh-TW,zh;q=0.9", "登入"), ("zh-CN", "登录"), ("fr,de", "ign"),
])  # fmt: skip
def test_signed_out_people_are_told_in_their_browsers_language(accepted, message, firm, client):
    reply = client.get("/api/menu", headers={"Accept-Language": accepted})
    assert reply.status_code == 401
    assert message in reply.json()["refusals"][0]["message"]


def test_a_defect_says_nothing_of_its_inside_and_saves_nothing(firm, li, monkeypatch):
    from heyi.platform import records
    from heyi.purchase.models import Receipt

    def broken(*args, **more):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(records, "_write_lines", broken)
    reply = li.ask(
        "POST",
        f"/records/{RECEIPT}",
        {"values": firm.receipt(), "lines": [{"values": firm.line()}]},
    )
    assert reply.status_code == 500
    [refusal] = reply.json()["refusals"]
    assert (refusal["kind"], refusal["code"]) == ("defect", "platform.system_defect")
    assert b"secret" not in reply.content
    assert b"ZeroDivision" not in reply.content
    assert reply.json()["trace"]
    assert not Receipt.objects.exists()


def test_a_database_that_is_away_is_a_fault_worth_a_retry(firm, li, monkeypatch):
    from heyi.platform import lists

    def away(*args, **more):
        raise OperationalError("connection refused")

    monkeypatch.setattr(lists, "page", away)
    reply = li.ask("GET", f"/records/{RECEIPT}")
    assert reply.status_code == 503
    assert reply.json()["refusals"][0]["kind"] == "fault"


def test_a_screen_is_cached_by_its_tag_until_rights_change(firm, li, chen):
    first = li.ask("GET", f"/screens/{RECEIPT}")
    tag = first["ETag"]
    assert first.json()["hash"] == tag.strip('"')
    again = li.ask("GET", f"/screens/{RECEIPT}", **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert chen.ask("GET", f"/screens/{RECEIPT}", **{"If-None-Match": tag}).status_code == 200


def test_the_actions_of_a_screen_are_those_one_has(firm, li, chen):
    verbs = lambda who: [a["verb"] for a in who.read(f"/screens/{RECEIPT}")["actions"]]  # noqa: E731
    assert verbs(li) == ["submit", "post", "withdraw", "cancel"]
    assert verbs(chen) == ["approve", "reject", "cancel", "reverse"]
    assert (
        li.read(f"/screens/{RECEIPT}")["can_create"],
        chen.read(f"/screens/{RECEIPT}")["can_create"],
    ) == (True, False)


def test_the_menu_shows_only_what_one_may_read(firm, li):
    clerk = firm.hire("mei", "sales.clerk")
    screens = {s["id"] for m in clerk.read("/menu") for g in m["groups"] for s in g["screens"]}
    assert "sales.delivery" in screens
    assert RECEIPT not in screens


def test_messages_need_no_sign_in_and_have_a_tag(firm, client):
    reply = client.get("/api/messages/zh_hant")
    assert reply.json()["platform.value_missing"] == "{field}還沒有填。"
    again = client.get("/api/messages/zh_hant", headers={"If-None-Match": reply["ETag"]})
    assert again.status_code == 304


def test_answers_have_the_shapes_the_documentation_promises(firm, li):
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    strict = {"strict": False}
    shape.RecordOut.model_validate(made, **strict)
    shape.RecordOut.model_validate(li.read(f"/records/{RECEIPT}/new"), **strict)
    shape.PageOut.model_validate(li.read(f"/records/{RECEIPT}"), **strict)
    for menu in li.read("/menu"):
        shape.MenuModule.model_validate(menu)
        for group in menu["groups"]:
            for screen in group["screens"]:
                said = li.read(f"/screens/{screen['id']}")
                assert set(said) == set(shape.ScreenOut.model_fields), screen
                shape.ScreenOut.model_validate(said)
    refused = li.creates(RECEIPT, {}, [firm.line(price="x")], status=422)
    shape.RefusalsOut.model_validate(refused)
    moved = li.does(RECEIPT, "submit", made)
    shape.MovedListOut.model_validate(moved)
    for step in li.read(f"/records/{RECEIPT}/{made['id']}/log"):
        shape.LogOut.model_validate(step)


def test_the_documentation_is_served_without_any_other_site(client, db):
    page = client.get("/api/docs").content.decode()
    assert "http" not in page
    assert client.get("/api/docs/swagger-ui-bundle.js").status_code == 200
    schema = client.get("/api/openapi.json").json()
    save = schema["paths"]["/api/records/{screen}"]["post"]
    assert save["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "RecordOut"
    )
    assert "422" in save["responses"]


# ---------------------------------------------------------------- anything at all

texts = st.text(alphabet=st.characters(), max_size=40) | st.sampled_from(
    [
        "",
        "1",
        "-1",
        "1e9",
        "NaN",
        "9" * 60,
        "0.0000001",
        "=1+1",
        "2026-11-05",
        "\x00",
        "\ud800",
        "@me",
        "@today",
        "'; DROP",
    ]
)
atoms = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    atoms, lambda x: st.lists(x, max_size=3) | st.dictionaries(texts, x, max_size=3), max_leaves=6
)
paths = st.sampled_from(
    [
        "supplier",
        "warehouse",
        "on",
        "reference",
        "note",
        "number",
        "state",
        "value",
        "id",
        "company",
        "version",
        "extra.x",
        "extra",
        "supplier.name",
        "__class__",
    ]
)
line_paths = st.sampled_from(
    [
        "product",
        "quantity_unit",
        "unit",
        "price",
        "value",
        "note",
        "lot_code",
        "expires_on",
        "no",
        "receipt",
        "quantity",
    ]
)
lines = st.fixed_dictionaries(
    {},
    optional={
        "id": st.none() | st.integers(-5, 5) | values,
        "key": texts | values,
        "values": st.dictionaries(line_paths | texts, values, max_size=4),
    },
)
bodies = st.fixed_dictionaries({}, optional={
    "values": st.dictionaries(paths | texts, values, max_size=5), "lines": st.none() | st.lists(lines, max_size=3),
    "version": st.none() | st.integers(-3, 3) | values, "id": st.none() | st.integers(-3, 3), "merge": st.booleans(),
    "base": st.none() | st.fixed_dictionaries({"values": st.dictionaries(paths, values, max_size=3)}),
    "versions": st.dictionaries(st.integers(-3, 10**20).map(str), st.integers(-3, 10**20), max_size=2),
    "reason": texts, "acknowledge": st.lists(texts, max_size=2),
}) | values  # fmt: skip


def posted(body):
    return json.dumps(body, ensure_ascii=True)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=bodies, choice=st.integers(0, 5))
def test_no_body_ever_breaks_anything_or_is_half_saved(body, choice, firm, li, base):
    from heyi.purchase.models import Receipt, ReceiptLine

    method, path = [
        ("POST", f"/records/{RECEIPT}"), ("POST", f"/records/{RECEIPT}/preview"),
        ("PUT", f"/records/{RECEIPT}/{base['id']}"), ("POST", f"/records/{RECEIPT}/actions/submit"),
        ("POST", f"/records/{RECEIPT}/actions/post"), ("POST", "/records/party.party"),
    ][choice]  # fmt: skip
    before = Receipt.objects.count(), ReceiptLine.objects.count()
    reply = li.ask(method, path, posted(body))
    assert reply.status_code < 500, (method, path, body, reply.content)
    said = json.loads(reply.content)
    if reply.status_code >= 400:
        assert said["refusals"]
        assert (Receipt.objects.count(), ReceiptLine.objects.count()) == before
    if choice == 1:
        assert (Receipt.objects.count(), ReceiptLine.objects.count()) == before


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    wanted=values, search=texts, order=texts | st.sampled_from(["on", "-value,number"]), after=texts,
    limit=st.integers(-5, 10**20) | texts, typed=texts,
)  # fmt: skip
def test_no_question_ever_breaks_anything(
    wanted, search, order, after, limit, typed, firm, li, base
):
    from urllib.parse import urlencode

    def asked(path, **params):
        clean = {k: str(v).encode("utf-8", "replace") for k, v in params.items()}
        return li.ask("GET", f"{path}?{urlencode(clean)}")

    reply = asked(
        f"/records/{RECEIPT}", filter=json.dumps({"on": wanted, "value": wanted}), search=search
    )
    assert reply.status_code < 500, (wanted, search, reply.content)
    reply = asked(f"/records/{RECEIPT}", order=order, after=after, limit=limit)
    assert reply.status_code < 500, (order, after, limit, reply.content)
    reply = asked("/lookups/product.product", q=typed, ids=search, codes=after, limit=5)
    assert reply.status_code < 500, (typed, reply.content)


@pytest.fixture
def base(firm, li):
    """A receipt that is there."""
    return li.creates(RECEIPT, firm.receipt(), [firm.line()])
