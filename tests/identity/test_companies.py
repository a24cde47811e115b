"""Setting up companies, and the wall between them."""

import pytest
from django.apps import apps

from heyi.platform import companies
from heyi.platform.audit.models import AuditRecord
from heyi.platform.identity import api as identity
from heyi.platform.models import Company
from heyi.platform.modules import lookups, screens
from heyi.platform.people.models import Department, Employee
from heyi.platform.rows import fetch
from heyi.platform.transactions import unit_of_work
from tests.identity.conftest import PASSWORD, Browser
from tests.identity.test_account import code

pytestmark = pytest.mark.django_db
NEW = {"code": "SZ", "name": "合一苏州", "currency": "CNY", "chart": "sme"}


@pytest.fixture
def desk(li):
    desk = Browser()
    desk.sign_in()
    return desk


def test_a_new_company_is_furnished_and_has_an_administrator(desk, li):
    reply = desk.ask("POST", "/api/companies", NEW)
    assert reply.status_code == 201, reply.content
    company = reply.json()["id"]
    assert fetch("SELECT chart FROM ledger_booksettings WHERE company_id = %s", [company]) == [
        ("sme",)
    ]
    [(accounts, periods)] = fetch(
        "SELECT (SELECT count(*) FROM ledger_account WHERE company_id = %s),"
        " (SELECT count(*) FROM ledger_period WHERE company_id = %s)", [company, company],
    )  # fmt: skip
    from heyi.platform.identity.models import Position

    named = dict(Position.objects.filter(company=company).values_list("code", "name"))
    assert named["SALES-CLERK"] == "销售内勤"
    assert "SYSTEM-ADMINISTRATOR" not in named
    assert accounts > 50
    assert periods >= 12
    told = desk.ask("POST", "/api/session/company", {"company": company}).json()
    assert told["company"]["code"] == "SZ"
    assert "system.administrator" in told["roles"]
    created = AuditRecord.objects.get(action="company_created")
    assert (created.actor, created.company_id) == ("li", company)


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"code": "HY"}, "platform.company_code_taken"),
        ({"code": "h y"}, "platform.company_malformed"),
        ({"code": ""}, "platform.company_malformed"),
        ({"name": " "}, "platform.company_malformed"),
        ({"currency": "yen"}, "platform.company_malformed"),
        ({"timezone": "Asia/Atlantis"}, "platform.company_malformed"),
        ({"timezone": "../../etc/passwd"}, "platform.company_malformed"),
        ({"decimals": -1}, "platform.company_malformed"),
    ],
)
def test_refusals_leave_nothing(wrong, refused, desk):
    reply = desk.ask("POST", "/api/companies", NEW | wrong)
    assert (reply.status_code, code(reply)) == (422, refused)
    assert Company.objects.count() == 1


def test_only_administrators(wu):
    desk = Browser()
    desk.sign_in("wu")
    reply = desk.ask("POST", "/api/companies", NEW)
    assert (reply.status_code, code(reply)) == (403, "platform.not_allowed")


def test_setting_up_twice_changes_nothing(db):
    company = unit_of_work(lambda: companies.create(code="A", name="A", currency="CNY"))
    before = fetch("SELECT count(*) FROM ledger_account WHERE company_id = %s", [company.pk])
    unit_of_work(lambda: companies._furnish(company, {}))
    assert (
        fetch("SELECT count(*) FROM ledger_account WHERE company_id = %s", [company.pk]) == before
    )


@pytest.fixture
def two(db):
    """Two furnished companies; Yan may do everything in the first and is nobody in the second."""
    own, other = (
        unit_of_work(lambda c=c: companies.create(code=c, name=c, currency="CNY"))
        for c in ("OWN", "OTHER")
    )
    for company in (own, other):
        top = Department.objects.create(company=company, code="TOP", name="TOP")
        Employee.objects.create(company=company, code="E1", name="E1", department=top)
    yan = identity.create_user("yan", "嚴", password=PASSWORD)
    identity.grant(yan, own, identity.all_roles())
    return own, other


def _theirs(other):
    """One row of the other company for every screen that has any."""
    for screen in screens().values():
        model = apps.get_model(screen.model)
        if not any(f.name == "company" for f in model._meta.concrete_fields):
            continue
        row = model._default_manager.filter(company=other).first()
        if row is not None:
            yield screen.id, row.pk


def test_another_companys_rows_do_not_exist_anywhere(two):
    _, other = two
    desk = Browser()
    desk.sign_in("yan")
    probed = []
    for screen, pk in _theirs(other):
        path = f"/api/records/{screen}"
        body = {"values": {}, "lines": [], "version": 1}
        answers = {
            "get": desk.ask("GET", f"{path}/{pk}"),
            "put": desk.ask("PUT", f"{path}/{pk}", body, **{"Idempotency-Key": f"{screen}-{pk}"}),
            **{
                part: desk.ask("GET", f"{path}/{pk}/{part}")
                for part in ("log", "graph", "postings", "comments", "attachments")
            },
        }
        assert {k: r.status_code for k, r in answers.items()} == dict.fromkeys(answers, 404), screen
        ids, after = set(), ""
        while after is not None:
            listed = desk.ask("GET", f"{path}?limit=200&after={after}").json()
            ids |= {row["id"] for row in listed["rows"]}
            after = listed["next"]
        assert pk not in ids, screen
        assert ids, f"{screen}: our own rows are there"
        if screen in lookups():
            assert desk.ask("GET", f"/api/lookups/{screen}?ids={pk}").json() == [], screen
        probed.append(screen)
    assert {"people.department", "people.employee", "ledger.account"} <= set(probed)


def test_another_companys_header_opens_nothing(two):
    _, other = two
    desk = Browser()
    desk.sign_in("yan")
    for screen in screens():
        reply = desk.ask("GET", f"/api/records/{screen}", **{"Heyi-Company": str(other.pk)})
        assert (reply.status_code, code(reply)) == (404, "platform.not_found"), screen
