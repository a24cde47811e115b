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
