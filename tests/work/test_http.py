"""The work of the platform as the browser sees it: a receipt from draft to posted, over HTTP."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from heyi.platform import clock, exceptions
from heyi.platform.jobs.models import JobRun, ParkedEvent
from tests.platform.conftest import Firm

RECEIPT = "purchase.receipt"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"


@pytest.fixture
def firm(db):
    return Firm("HW")


@pytest.fixture
def li(firm):
    return firm.hire("li", "purchase.buyer", "inventory.keeper")


@pytest.fixture
def wang(firm):
    return firm.hire("wang", "purchase.manager")


@pytest.fixture
def chen(firm):
    return firm.hire("chen", "finance.accountant")


@pytest.fixture
def admin(firm):
    return firm.hire("admin", "system.administrator")


def policy(admin, *steps, **more):
    made = admin.send(
        "POST", "/approvals/policies",
        {"document_type": RECEIPT, "code": "usual", "flow": {"steps": list(steps), **more}}, 201,
    )  # fmt: skip
    return admin.send("POST", f"/approvals/policies/{made['id']}/publish", {}, 200)


BOSS = {"id": "boss", "name": "主管", "who": [{"role": "purchase.manager"}]}
BOOKS = {"id": "books", "who": [{"role": "finance.accountant"}]}


def test_a_receipt_is_approved_by_a_policy_and_posted(firm, li, wang, chen, admin):
    policy(admin, BOSS, BOOKS)
    receipt = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    [receipt] = li.does(RECEIPT, "submit", receipt)["records"]
    assert receipt["state"] == "submitted"

    box = wang.read("/inbox")
    assert box["counts"] == {"approvals": 1, "exceptions": 0, "notices": 1, "mentions": 0}
    [task] = box["tasks"]["approvals"]["rows"]
    assert (task["number"], task["step_name"], task["submitter"], task["amount"]) == (
        receipt["number"], "主管", "li", "25.00",
    )  # fmt: skip
    assert li.read("/inbox/counts")["approvals"] == 0
    li.send("POST", f"/approvals/tasks/{task['id']}/decide", {"verb": "approve"}, 404)

    done = wang.send("POST", f"/approvals/tasks/{task['id']}/decide", {"verb": "approve"}, 200)
    assert done["documents"][0]["state"] == "submitted"
    late = wang.send("POST", f"/approvals/tasks/{task['id']}/decide", {"verb": "approve"}, 409)
    assert late["refusals"][0]["code"] == "approvals.task_closed"

    [task] = chen.read("/approvals/tasks")["rows"]
    body = {"tasks": [task["id"]], "verb": "reject", "reason": ""}
    refused = chen.send("POST", "/approvals/tasks/decide", body, 422)
    assert refused["refusals"][0]["code"] == "approvals.why_missing"
    body["verb"] = "approve"
    assert chen.send("POST", "/approvals/tasks/decide", body, 200)["documents"][0]["state"] == (
        "approved"
    )
    record = li.read(f"/records/{RECEIPT}/{receipt['id']}")
    assert record["state"] == "approved"
    [history] = wang.read(f"/approvals/history/{RECEIPT}/{receipt['id']}")
    assert [d["actor"] for d in history["decisions"]] == ["wang", "chen"]
    wang.send("POST", "/inbox/read", {}, 200)
    assert wang.read("/inbox/counts") == {
        "approvals": 0, "exceptions": 0, "notices": 0, "mentions": 0,
    }  # fmt: skip


def test_the_records_own_approve_decides_the_task(firm, li, wang, admin):
    policy(admin, BOSS)
    receipt = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    [receipt] = li.does(RECEIPT, "submit", receipt)["records"]
    other = firm.hire("zhou", "purchase.manager")
    assert len(other.read("/approvals/tasks")["rows"]) == 0  # hired after it was submitted
    refused = other.does(RECEIPT, "approve", receipt, status=422)
    assert refused["refusals"][0]["code"] == "approvals.not_your_turn"
    [receipt] = wang.does(RECEIPT, "approve", receipt)["records"]
    assert receipt["state"] == "approved"


def test_withdrawing_over_http_takes_the_task_away(firm, li, wang, admin):
    policy(admin, BOSS)
    receipt = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    [receipt] = li.does(RECEIPT, "submit", receipt)["records"]
    [receipt] = li.does(RECEIPT, "withdraw", receipt)["records"]
    assert receipt["state"] == "draft"
    assert wang.read("/approvals/tasks")["rows"] == []


def test_policies_are_simulated_before_they_are_published(firm, li, wang, chen, admin):
    flow = {"steps": [BOSS, {**BOOKS, "when": {"amount_from": "100"}}]}
    body = {"document_type": RECEIPT, "code": "p", "flow": flow}
    draft = admin.send("POST", "/approvals/policies", body, 201)
    path = f"/approvals/policies/{draft['id']}/simulate"
    for amount, applies in (("99.99", [True, False]), ("100", [True, True])):
        shown = admin.send("POST", path, {"amount": amount}, 200)
        assert [s["applies"] for s in shown["steps"]] == applies
    admin.send("POST", path, {"amount": "lots"}, 422)
    li.send("POST", path, {"amount": "1"}, 403)
    flow["steps"][0] = {**BOSS, "who": [{"role": "hr.nobody"}]}
    draft = admin.send("POST", "/approvals/policies", body, 201)
    refused = admin.send("POST", f"/approvals/policies/{draft['id']}/publish", {}, 422)
    assert [r["code"] for r in refused["refusals"]] == ["approvals.step_ownerless"]


def test_delegations_over_http(firm, li, wang, chen, admin):
    policy(admin, BOSS)
    today = clock.today("Asia/Shanghai")
    body = {"to": chen.user.pk, "starts": today, "ends": today + dt.timedelta(days=1)}
    given = wang.send("POST", "/approvals/delegations", body, 201)
    receipt = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    li.does(RECEIPT, "submit", receipt)
    [task] = chen.read("/approvals/tasks")["rows"]
    assert task["on_behalf_of"] == wang.user.pk
    wang.send("DELETE", f"/approvals/delegations/{given['id']}", None, 200)
    assert chen.read("/approvals/tasks")["rows"] == []
    chen.send("DELETE", f"/approvals/delegations/{given['id']}", None, 404)


def test_comments_and_mentions_over_http(firm, li, wang):
    receipt = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    path = f"/records/{RECEIPT}/{receipt['id']}/comments"
    said = li.send("POST", path, {"text": "@wang 請看 <b>!</b>"}, 201)
    assert said["text"] == "@wang 請看 <b>!</b>"
    [mention] = wang.read("/inbox")["mentions"]["rows"]
    assert mention["subject"] == {"type": RECEIPT, "id": receipt["id"]}
    wang.send("POST", f"/comments/{said['id']}/withdraw", {}, 403)
    li.send("POST", f"/comments/{said['id']}/withdraw", {}, 200)
    assert wang.read(path)["rows"][0]["text"] == ""
    li.send("POST", f"/records/{RECEIPT}/999999/comments", {"text": "x"}, 404)
    li.send("POST", "/records/no.such/1/comments", {"text": "x"}, 404)


def upload(person, path, name, content, key="k1"):
    return person.post(
        f"/api{path}", {"file": SimpleUploadedFile(name, content)},
        headers={"Idempotency-Key": key, "Heyi-Company": str(person.company.pk)},
    )  # fmt: skip


def test_files_over_http(firm, li, wang, settings, tmp_path):
    settings.HEYI_FILES = tmp_path
    receipt = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    path = f"/records/{RECEIPT}/{receipt['id']}/attachments"
    reply = upload(li, path, "圖面.pdf", PDF)
    assert reply.status_code == 201, reply.content
    again = upload(li, path, "圖面.pdf", PDF)
    assert again.json()["id"] == reply.json()["id"]
    assert upload(li, path, "圖面.pdf", PDF + b"!").status_code == 409  # same key, other content
    [file] = wang.read(path)
    got = wang.ask("GET", f"/attachments/{file['id']}")
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Disposition"] == ("attachment; filename*=utf-8''%E5%9C%96%E9%9D%A2.pdf")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    bad = upload(li, path, "a.pdf", b"MZ\x90\x00", key="k2")
    assert (bad.status_code, bad.json()["refusals"][0]["code"]) == (
        422, "files.file_type_refused",
    )  # fmt: skip
    settings.HEYI_ATTACHMENT_MB = 0
    assert upload(li, path, "a.pdf", PDF, key="k3").json()["refusals"][0]["code"] == (
        "files.file_too_large"
    )
    li.send("DELETE", f"/attachments/{file['id']}?reason=old", None, 200)
    assert wang.ask("GET", f"/attachments/{file['id']}").status_code == 404


def test_the_exception_queue_over_http(firm, li, admin):
    case = exceptions.open(
        "platform.job_failed", [("jobs.run", 1)], {"job": "x", "error": "y"},
        company=firm.model.pk,
    )  # fmt: skip
    [row] = admin.read("/exceptions")["rows"]
    assert (row["id"], row["code"], row["params"]) == (
        case, "platform.job_failed", {"job": "x", "error": "y"},
    )  # fmt: skip
    assert admin.read("/inbox/counts")["exceptions"] == 1
    [listed] = admin.read("/records/exceptions.case")["rows"]
    assert (listed["id"], listed["values"]["code"]) == (case, "platform.job_failed")
    assert li.read("/exceptions")["rows"] == []
    assert li.read("/records/exceptions.case")["rows"] == []
    li.send("POST", f"/exceptions/{case}/dismiss", {"version": 1, "reason": "x"}, 404)
    body = {"version": 1, "to": admin.user.pk}
    assert admin.send("POST", f"/exceptions/{case}/assign", body, 200)["state"] == "assigned"
    admin.send("POST", f"/exceptions/{case}/assign", body, 409)
    admin.send("POST", f"/exceptions/{case}/comment", {"text": "looking"}, 200)
    body = {"version": 2, "cause": "system", "remedy": "restarted"}
    done = admin.send("POST", f"/exceptions/{case}/resolve", body, 200)
    assert [x["action"] for x in done["log"]] == ["opened", "assigned", "comment", "resolved"]
    ended = admin.send("POST", f"/exceptions/{case}/resolve", {**body, "version": 3}, 422)
    assert ended["refusals"][0]["code"] == "platform.case_ended"
    assert [r["id"] for r in admin.read("/exceptions", state="ended")["rows"]] == [case]


def test_jobs_over_http(firm, li, admin):
    run = JobRun.objects.create(name="x.y", company_id=firm.model.pk, actor_id=li.user.pk)
    JobRun.objects.create(name="x.z", company_id=firm.model.pk, actor_id=0)
    assert [r["id"] for r in li.read("/jobs/runs")["rows"]] == [run.pk]
    assert len(admin.read("/jobs/runs")["rows"]) == 2
    assert li.send("POST", f"/jobs/runs/{run.pk}/cancel", {}, 200)["cancel"] is True
    li.read("/jobs/parked", 403)
    parked = ParkedEvent.objects.create(
        handler="a.b", event_id="018f0000-0000-7000-8000-000000000000", topic="t", key="k",
        payload={}, job_id=1, company_id=firm.model.pk, error="broke",
    )  # fmt: skip
    assert admin.read("/jobs/parked")["rows"][0]["error"] == "broke"
    admin.send("POST", f"/jobs/parked/{parked.pk}/retry", {}, 200)
    admin.send("POST", f"/jobs/parked/{parked.pk}/retry", {}, 409)


def test_the_calendar_over_http(firm, li, admin):
    assert li.read("/calendar")["version"] == 0
    [day] = li.read("/calendar/days", start="2026-02-28", end="2026-02-28")
    assert day["special"] is True
    assert day["spans"] == [["08:30", "12:00"], ["13:00", "17:30"]]
    li.send("PUT", "/calendar/days/2026-03-02", {"spans": [], "name": "x"}, 403)
    day = admin.send("PUT", "/calendar/days/2026-03-02", {"spans": [], "name": "盤點"}, 200)
    assert (day["spans"], day["name"]) == ([], "盤點")
    week = {"week": [[["08:00", "16:00"]]] * 5 + [[], []], "country": "TW", "version": 0}
    assert admin.send("PUT", "/calendar", week, 200)["version"] == 1
    admin.send("PUT", "/calendar", {**week, "country": "XX", "version": 1}, 422)


def test_a_defect_becomes_one_case(firm, admin):
    from heyi.platform.exceptions.defects import report

    for trace in ("t1", "t2"):
        try:
            json.loads("{")
        except ValueError as error:
            report(error, trace=trace, path="/api/x", actor=None)
    [row] = admin.read("/exceptions")["rows"]
    assert (row["code"], row["count"]) == ("platform.defect", 2)
    assert row["params"]["error"] == "JSONDecodeError"


HUGE = "9" * 30
BAD = [
    ("GET", f"/exceptions/{HUGE}", None), ("GET", "/exceptions?after=x", None),
    ("GET", f"/exceptions?after=2026-01-01T00:00:00_{HUGE}", None),
    ("GET", "/exceptions?state=%00", None), ("GET", "/exceptions?limit=x", None),
    ("GET", f"/jobs/runs?after={HUGE}", None), ("GET", f"/jobs/runs/{HUGE}", None),
    ("GET", f"/approvals/tasks?after=-{HUGE}", None), ("GET", "/approvals/tasks?limit=-5", None),
    ("GET", "/approvals/history/party.party/1", None),
    ("GET", "/approvals/history/no.such/1", None),
    ("GET", f"/approvals/history/{RECEIPT}/{HUGE}", None),
    ("GET", "/calendar/days?start=2026-13-01&end=x", None),
    ("GET", "/calendar/days?start=9999-12-01&end=9999-12-31", None),
    ("GET", "/calendar/days?start=0001-01-01&end=0001-01-02", None),
    ("GET", f"/records/{RECEIPT}/{HUGE}/comments", None),
    ("GET", f"/records/{RECEIPT}/1/comments?after={HUGE}", None),
    ("GET", f"/attachments/{HUGE}", None), ("DELETE", f"/attachments/{HUGE}", None),
    ("GET", f"/inbox/notices?after={HUGE}", None), ("GET", "/inbox/notices?kind=x", None),
    ("POST", "/inbox/read", {"notices": [int(HUGE)]}), ("POST", "/inbox/read", {"notices": "x"}),
    ("POST", f"/approvals/tasks/{HUGE}/decide", {"verb": "approve"}),
    ("POST", "/approvals/tasks/1/decide", {"verb": "sell"}),
    ("POST", "/approvals/tasks/decide", {"tasks": [], "verb": "approve"}),
    ("POST", "/approvals/tasks/decide", {"tasks": [int(HUGE)], "verb": "approve"}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "x" * 500, "flow": {}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "", "flow": {
        "steps": [BOSS]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "x" * 500, "flow": {
        "steps": [BOSS]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "a", "rank": -1, "flow": {
        "steps": [BOSS]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "a\x00", "flow": {
        "steps": [BOSS]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "a", "flow": {
        "steps": [{**BOSS, "name": "a\x00"}]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "a", "flow": {
        "steps": [{**BOSS, "who": [{"user": int(HUGE)}]}]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "a", "flow": {
        "steps": [{**BOSS, "when": {"departments": ["x", {}]}}]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "a", "flow": {
        "steps": [{**BOSS, "when": {"amount_from": "1e999999"}}]}}),
    ("POST", "/approvals/policies", {"document_type": RECEIPT, "code": "a", "flow": {
        "steps": [{**BOSS, "when": "always"}]}}),
    ("POST", "/approvals/policies/1/simulate", {"document": int(HUGE)}),
    ("POST", f"/approvals/policies/{HUGE}/publish", {}),
    ("POST", "/approvals/delegations", {"to": int(HUGE), "starts": "2026-01-01",
                                        "ends": "2999-01-01"}),
    ("POST", "/approvals/delegations", {"to": 1, "starts": "x", "ends": "y"}),
    ("POST", "/exceptions/1/resolve", {"version": 1, "cause": "magic", "remedy": "x"}),
    ("POST", "/comments/1/withdraw", {}), ("POST", f"/comments/{HUGE}/withdraw", {}),
    ("POST", f"/jobs/parked/{HUGE}/skip", {"reason": "x"}),
    ("PUT", "/calendar/days/2026-03-02", {"spans": [["00:00"]]}),
    ("PUT", "/calendar/days/2026-03-02", {"spans": [["08:00", "09:00"]], "name": "x" * 500}),
    ("PUT", "/calendar/days/2026-03-02", {"spans": [["08:00", "09:00"]], "name": "\x00"}),
    ("PUT", "/calendar", {"week": [], "version": 0}),
    ("PUT", "/calendar", {"week": [[]] * 7, "country": "CN", "region": "x" * 50, "version": 0}),
    ("PUT", "/calendar", {"week": [[]] * 7, "country": "CN", "version": int(HUGE)}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), BAD, ids=lambda x: str(x)[:60])
def test_bad_input_is_refused_and_never_breaks(firm, admin, method, path, body):
    reply = admin.ask(method, path, body)
    content = b"".join(reply) if reply.streaming else reply.content
    assert reply.status_code < 500, content.decode()[:500]
    if method != "GET":
        assert reply.status_code >= 400 or path == "/approvals/tasks/decide", content


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "x" * 100_000])
def test_texts_people_write_are_checked_everywhere(firm, li, wang, admin, text):
    policy(admin, BOSS)
    receipt = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    [receipt] = li.does(RECEIPT, "submit", receipt)["records"]
    [task] = wang.read("/approvals/tasks")["rows"]
    case = exceptions.open(
        "platform.job_failed", [("jobs.run", 1)], {"job": "x", "error": "y"},
        company=firm.model.pk,
    )  # fmt: skip
    for who, method, path, body in (
        (wang, "POST", f"/approvals/tasks/{task['id']}/decide", {"verb": "reject", "reason": text}),
        (admin, "POST", f"/exceptions/{case}/comment", {"text": text}),
        (admin, "POST", f"/exceptions/{case}/dismiss", {"version": 1, "reason": text}),
        (li, "POST", f"/records/{RECEIPT}/{receipt['id']}/comments", {"text": text}),
        (wang, "POST", "/approvals/delegations", {
            "to": li.user.pk, "starts": "2026-01-01", "ends": "2999-01-01", "reason": text}),
    ):  # fmt: skip
        reply = who.ask(method, path, json.dumps(body))
        assert 400 <= reply.status_code < 500, (path, reply.content[:300])
