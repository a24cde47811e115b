"""The same request twice does its work once: double clicks, lost replies, parallel copies."""

import json
import threading

import pytest
from django.db import connection

from tests.platform.conftest import Person, codes

RECEIPT = "purchase.receipt"


def body_of(firm):
    return json.dumps({"values": firm.receipt(), "lines": [{"values": firm.line()}]})


def test_a_repeated_create_gives_the_first_answer(firm, li):
    from heyi.purchase.models import Receipt

    first = li.ask("POST", f"/records/{RECEIPT}", body_of(firm), key="one")
    again = li.ask("POST", f"/records/{RECEIPT}", body_of(firm), key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Receipt.objects.count() == 1


def test_a_repeated_step_gives_the_first_answer_though_the_version_is_stale_by_then(firm, li):
    made = li.creates(RECEIPT, firm.receipt(), [firm.line()])
    body = {"versions": {made["id"]: made["version"]}}
    first = li.ask("POST", f"/records/{RECEIPT}/actions/submit", body, key="two")
    again = li.ask("POST", f"/records/{RECEIPT}/actions/submit", body, key="two")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(li.read(f"/records/{RECEIPT}/{made['id']}/log")) == 3


def test_the_same_key_with_another_body_or_person_is_a_conflict(firm, li):
    wu = firm.hire("wu", "purchase.buyer")
    li.send("POST", f"/records/{RECEIPT}", body_of(firm), 201, key="three")
    for person, body in ((li, json.dumps({"values": {}})), (wu, body_of(firm))):
        reply = person.send("POST", f"/records/{RECEIPT}", body, 409, key="three")
        assert [c for c, _, _ in codes(reply)] == ["platform.idempotency_key_reused"]


def test_a_refused_request_may_be_sent_again_with_its_key(firm, li):
    from heyi.party.models import Party

    Party.objects.filter(pk=firm.supplier.pk).update(active=False)
    li.send("POST", f"/records/{RECEIPT}", body_of(firm), 422, key="four")
    Party.objects.filter(pk=firm.supplier.pk).update(active=True)
    li.send("POST", f"/records/{RECEIPT}", body_of(firm), 201, key="four")


@pytest.mark.parametrize("key", ["", None, "k" * 81, "a\tb"])
def test_a_write_without_a_usable_key_is_refused(key, firm, li):
    reply = li.ask("POST", f"/records/{RECEIPT}", body_of(firm), **{"Idempotency-Key": key})
    assert reply.status_code == 422
    assert [c for c, _, _ in codes(reply.json())] == ["platform.idempotency_key_missing"]


def at_once(count, work):
    """Run `work(n)` in as many threads, all starting together. Returns what they returned."""
    start, found = threading.Barrier(count), [None] * count

    def run(n):
        try:
            start.wait()
            found[n] = work(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_eight_copies_at_once_are_one_document(live):
    from heyi.platform.models import DocumentLog
    from heyi.purchase.models import Receipt

    buyer = live.hire("li", "purchase.buyer")
    people = [Person(buyer.user, live.model) for _ in range(8)]
    body = body_of(live)
    replies = at_once(8, lambda n: people[n].ask("POST", f"/records/{RECEIPT}", body, key="five"))
    assert [r.status_code for r in replies] == [201] * 8
    assert len({r.content for r in replies}) <= 2  # the first as written, the others as kept
    assert len({r.json()["number"] for r in replies}) == 1
    assert Receipt.objects.count() == 1
    assert DocumentLog.objects.count() == 1


def test_eight_different_clicks_submit_once_and_seven_are_told(live):
    buyer = live.hire("li", "purchase.buyer")
    people = [Person(buyer.user, live.model) for _ in range(8)]
    made = buyer.creates(RECEIPT, live.receipt(), [live.line()])
    body = {"versions": {made["id"]: made["version"]}}
    replies = at_once(
        8, lambda n: people[n].ask("POST", f"/records/{RECEIPT}/actions/submit", body)
    )
    assert sorted(r.status_code for r in replies) == [200] + [409] * 7


def test_eight_savers_of_one_version_leave_one_winner(live):
    buyer = live.hire("li", "purchase.buyer")
    people = [Person(buyer.user, live.model) for _ in range(8)]
    made = buyer.creates(RECEIPT, live.receipt(), [live.line()])

    def save(n):
        body = {"version": 1, "values": {"reference": f"r{n}"}}
        return people[n].ask("PUT", f"/records/{RECEIPT}/{made['id']}", body)

    replies = at_once(8, save)
    assert sorted(r.status_code for r in replies) == [200] + [409] * 7
    assert buyer.read(f"/records/{RECEIPT}/{made['id']}")["version"] == 2


def test_thirty_two_new_documents_at_once_have_thirty_two_numbers(live):
    buyer = live.hire("li", "purchase.buyer")
    people = [Person(buyer.user, live.model) for _ in range(8)]
    body = body_of(live)

    def four(n):
        return [people[n].ask("POST", f"/records/{RECEIPT}", body) for _ in range(4)]

    replies = [reply for own in at_once(8, four) for reply in own]
    assert [r.status_code for r in replies] == [201] * 32
    assert len({r.json()["number"] for r in replies}) == 32


def test_keys_of_a_month_ago_are_forgotten(firm, li):
    from datetime import timedelta

    from heyi.platform import clock, upkeep
    from heyi.platform.models import IdempotentRequest

    for key in ("old", "new"):
        li.send("POST", f"/records/{RECEIPT}", body_of(firm), 201, key=key)
    rows = IdempotentRequest.objects
    rows.filter(key="old").update(at=clock.now() - upkeep.KEPT - timedelta(hours=1))
    assert upkeep._forget(10) == 1
    assert list(rows.values_list("key", flat=True)) == ["new"]
