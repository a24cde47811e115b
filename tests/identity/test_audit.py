"""What is written down stays written down, and whoever changes it is found out."""

import json

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from heyi.platform.access import Actor
from heyi.platform.audit import api as audit
from heyi.platform.audit.models import AuditRecord, Seal, Unsealed

pytestmark = pytest.mark.django_db
LI = Actor(id=7, name="li", company=3, roles=frozenset())


def did(*subjects, action="edit"):
    audit.record([audit.Entry(action, "sales.delivery", s) for s in subjects], actor=LI)


def as_intruder(sql, *params):
    """What somebody with the rights of the database's owner can do: switch the guard off first."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_one_statement_for_a_batch(django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.record(
            [
                audit.Entry(
                    "edit", "sales.delivery", 1, {"note": ("", 'a "b" \\ {c}')}, "typing error"
                ),
                audit.Entry(
                    "grant", "identity.user", 9, {"roles": ([], ["sales.clerk"])}, company=0
                ),
            ],
            actor=LI,
        )
    first, second = AuditRecord.objects.order_by("id")
    assert (first.company_id, first.actor_id, first.actor) == (3, 7, "li")
    assert first.changes == {"note": ["", 'a "b" \\ {c}']}
    assert first.reason == "typing error"
    assert second.company_id == 0
    assert second.changes == {"roles": [[], ["sales.clerk"]]}
    assert Unsealed.objects.count() == 2


def test_nothing_to_say_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        audit.record([], actor=LI)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_record SET actor = 'wu'",
        "DELETE FROM audit_record",
        "UPDATE audit_seal SET record_id = 0",
        "DELETE FROM audit_seal",
    ],
)
def test_raw_sql_is_refused(sql):
    did(1)
    audit.extend()
    with (
        pytest.raises((IntegrityError, InternalError)),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(sql)
    assert audit.verify().ok


def test_a_chain_grows_in_pieces():
    did(1, 2, 3)
    assert [audit.extend(limit=2), audit.extend(limit=2), audit.extend()] == [2, 1, 0]
    did(4)
    assert audit.extend() == 1
    verdict = audit.verify()
    assert (verdict.ok, verdict.checked, verdict.waiting) == (True, 4, 0)
    assert verdict.head == bytes(Seal.objects.get(position=4).hash).hex()
    assert list(Seal.objects.values_list("position", flat=True).order_by("position")) == [
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize(
    ("_case", "sql"),
    [
        ("a name", "UPDATE audit_record SET actor = 'wu' WHERE id = {second}"),
        (
            "a figure",
            'UPDATE audit_record SET changes = \'{{"price": ["1", "9"]}}\' WHERE id = {second}',
        ),
        (
            "the time",
            "UPDATE audit_record SET at = at - interval '1 microsecond' WHERE id = {second}",
        ),
        ("removed", "DELETE FROM audit_record WHERE id = {second}"),
        (
            "swapped",
            "UPDATE audit_seal SET record_id = CASE record_id WHEN {second} THEN {third} ELSE {second} END "
            "WHERE record_id IN ({second}, {third})",
        ),
    ],
)
def test_the_first_changed_record_is_named(_case, sql):
    did(1, 2, 3)
    audit.extend()
    _first, second, third = AuditRecord.objects.order_by("id").values_list("id", flat=True)
    if _case == "swapped":
        as_intruder("ALTER TABLE audit_seal DROP CONSTRAINT audit_seal_record_id_key")
    as_intruder(sql.format(second=second, third=third))
    verdict = audit.verify()
    assert verdict.broken == (third if _case == "swapped" else second)


def test_a_record_removed_with_its_seal_is_found():
    did(1, 2, 3)
    audit.extend()
    _, second, third = AuditRecord.objects.order_by("id").values_list("id", flat=True)
    as_intruder("DELETE FROM audit_record WHERE id = %s", second)
    as_intruder("DELETE FROM audit_seal WHERE record_id = %s", second)
    assert audit.verify().broken == third


def test_a_smuggled_record_is_found():
    did(1)
    audit.extend()
    did(2)
    as_intruder("DELETE FROM audit_unsealed")
    smuggled = AuditRecord.objects.order_by("-id")[0].pk
    assert audit.verify().broken == smuggled


def test_differences_keep_what_changed():
    before, after = {"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}
    assert audit.differences(before, after) == {"b": (2, 3)}
    assert json.dumps(audit.differences({}, {"a": 1})) == '{"a": [null, 1]}'


@pytest.mark.parametrize(
    ("_case", "proxies", "forwarded", "found"),
    [
        ("no proxy: a claim is not believed", 0, "6.6.6.6", "192.0.2.1"),
        ("one proxy of ours", 1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("two proxies of ours", 2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("not through the proxy", 2, "203.0.113.9", "192.0.2.1"),
        ("nonsense", 1, "<script>", None),
    ],
)
def test_where_a_request_comes_from(_case, proxies, forwarded, found, settings, rf):
    settings.HEYI_TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded})
    assert audit.client_ip(request) == found


class TestProof:
    def prove(self, since=None):
        from heyi.platform.audit.proof import unbroken

        return unbroken(None, since)

    def test_it_names_the_record_and_its_subject(self):
        did(1, 2)
        audit.extend()
        second = AuditRecord.objects.order_by("-id")[0]
        assert (self.prove().ok, self.prove().checked) == (True, 2)
        as_intruder("UPDATE audit_record SET reason = 'x' WHERE id = %s", second.pk)
        bad = self.prove().first_bad
        assert {k: bad[k] for k in ("record", "actor", "action", "subject_type", "subject_id")} == {
            "record": second.pk, "actor": "li", "action": "edit",
            "subject_type": "sales.delivery", "subject_id": "2",
        }  # fmt: skip

    def test_a_later_run_looks_only_at_what_is_new(self):
        did(1, 2, 3)
        audit.extend()
        first, _, third = AuditRecord.objects.order_by("id").values_list("id", flat=True)
        assert self.prove(since=2).checked == 1
        as_intruder("UPDATE audit_record SET reason = 'x' WHERE id = %s", first)
        assert self.prove(since=2).ok
        assert self.prove().first_bad["record"] == first
        as_intruder("UPDATE audit_record SET reason = 'x' WHERE id = %s", third)
        assert self.prove(since=2).first_bad["record"] == third

    def test_it_is_part_of_the_check(self):
        from heyi.platform.proofs import proofs

        assert "audit.chain" in [proof.id for proof in proofs()]


@pytest.mark.django_db(transaction=True)
def test_records_in_flight_join_later_and_two_workers_do_not_collide():
    """A transaction takes its record's id first and commits last; meanwhile two workers extend."""
    import threading

    started, go_on, counts = threading.Event(), threading.Event(), []

    def slow():
        with transaction.atomic():
            did(1)
            started.set()
            go_on.wait(10)
        connection.close()

    def work():
        counts.append(audit.extend())
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    started.wait(10)
    did(2, 3)
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 2
    go_on.set()
    thread.join()
    assert audit.extend() == 1
    subjects = dict(AuditRecord.objects.values_list("pk", "subject_id"))
    order = Seal.objects.order_by("position").values_list("record_id", flat=True)
    assert [subjects[pk] for pk in order] == [2, 3, 1]
    assert audit.verify().ok


def test_reading_it(li, wu, hy, tw):
    from heyi.platform.access import Actor
    from tests.identity.conftest import Browser

    mine = Actor(id=li.pk, name="li", company=hy.pk, roles=frozenset())
    audit.record([audit.Entry("edit", "sales.delivery", n) for n in range(1, 6)], actor=mine)
    audit.record([audit.Entry("edit", "sales.delivery", 9, company=tw.pk)], actor=mine)
    desk = Browser()
    desk.sign_in("wu")
    asked = "/api/audit?subject_type=sales.delivery&limit=2"
    page = desk.ask("GET", asked).json()
    assert [row["subject_id"] for row in page["rows"]] == [5, 4]
    page = desk.ask("GET", f"{asked}&after={page['next']}").json()
    page = desk.ask("GET", f"{asked}&after={page['next']}").json()
    assert ([row["subject_id"] for row in page["rows"]], page["next"]) == ([1], None)
    kinds = [
        row["action"] for row in desk.ask("GET", f"/api/audit?actor_id={wu.pk}").json()["rows"]
    ]
    assert kinds == ["sign_in"]


def test_the_head_is_there_to_be_noted(wu):
    from tests.identity.conftest import Browser

    desk = Browser()
    desk.sign_in("wu")
    audit.extend()
    last = Seal.objects.order_by("-position")[0]
    told = desk.ask("GET", "/api/audit/head").json()
    assert told == {"position": last.position, "hash": bytes(last.hash).hex()}


def test_a_request_leaves_its_address_and_trace(li):
    from tests.identity.conftest import Browser

    reply = Browser(ip="2001:db8::7").sign_in()
    written = AuditRecord.objects.get(action="sign_in")
    assert written.ip == "2001:db8::7"
    assert written.trace
    assert written.trace == reply.headers["Heyi-Trace"]
