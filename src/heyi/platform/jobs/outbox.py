"""News of what happened, told to the modules above: at least once, in order per key.

`publish` queues one job for each handler of an event, in the caller's transaction. A *lane* is
one consuming module and one key: its jobs run one after another, and one that failed for good
stays at its head, parked, until a person retries or skips it. Other lanes go on.
"""

import json
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, ClassVar, Protocol, get_type_hints
from uuid import UUID

from django.db import connection, transaction

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform import exceptions
from heyi.platform.access import Actor
from heyi.platform.audit.origin import trace
from heyi.platform.exceptions import ExceptionKind
from heyi.platform.jobs.ids import uuid7
from heyi.platform.jobs.queue import defer, release
from heyi.platform.modules import document_model, modules
from heyi.platform.rows import fetch
from heyi.platform.transactions import unit_of_work

HANDLE = "heyi.handle"
EVENT_PARKED = ExceptionKind(
    "platform.event_parked", kind="system", owner="system.administrator", due_hours=4,
    severity="major", screens=("jobs.parked",),
)  # fmt: skip
_handling: ContextVar[UUID] = ContextVar("handling")


class Event(Protocol):
    """A past-tense frozen dataclass. Its fields are ids and versions, never values."""

    topic: ClassVar[str]  # "sales.delivery_posted"

    @property
    def key(self) -> str: ...  # events of one key are handled in order: "sales.delivery:7"


Handler = Callable[[Any], None]


@dataclass(eq=False)
class NotParked(BusinessError):
    """The event was retried or skipped by someone else, or has gone through meanwhile."""

    code = "platform.event_not_parked"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")
    parked: int


def publish(events: Iterable[Any]) -> None:
    """Queue events for their handlers in the current transaction. One statement, or none.

    They are handled only if the transaction commits. Events of one key are handled in the
    order they were published, given that their publishers lock the thing the key names.
    """
    assert connection.in_atomic_block, "publish needs the transaction of what it tells about"
    jobs = []
    for event in events:
        consumers = consumers_of(event.topic)
        if not consumers:
            continue
        payload, id_ = asdict(event), str(uuid7())
        assert all(isinstance(v, int | str | None) for v in payload.values()), payload
        for consumer in consumers:
            args = {"handler": consumer.name, "event": id_, "topic": event.topic,
                    "key": event.key, "payload": payload, "trace": trace()}  # fmt: skip
            jobs.append((HANDLE, f"{consumer.module}|{event.key}", json.dumps(args)))
    defer(jobs)


def event_id() -> UUID:
    """Inside a handler: the id of the event, the same at every repeat. The idempotency key of
    calls to the outside world."""
    return _handling.get()


@dataclass(frozen=True, slots=True)
class Consumer:
    """A handler, the module it belongs to, and the event class it wants."""

    name: str
    module: str
    function: Handler
    event: type


@cache
def consumers_of(topic: str) -> tuple[Consumer, ...]:
    """The declared handlers of a topic, lowest layer first."""
    return tuple(
        _consumer(module.label, function)
        for module in modules()
        for function in _functions(module.declared.get("handlers", {}).get(topic, ()))
    )


def _functions(declared: Any) -> tuple[Handler, ...]:
    return (declared,) if callable(declared) else tuple(declared)


def _consumer(module: str, function: Handler) -> Consumer:
    name = f"{function.__module__}.{function.__qualname__}"
    hints = get_type_hints(function)
    hints.pop("return", None)
    assert len(hints) == 1, f"{name} must take one annotated event"
    return Consumer(name, module, function, next(iter(hints.values())))


def deliver(handler: str, event: str, topic: str, payload: dict[str, Any]) -> None:
    """Run one handler for one event, once: its writes and the note that it ran commit together.

    Raises:
        LookupError: No such handler any more; the event is parked and waits for a release.
    """
    consumer = next((c for c in consumers_of(topic) if c.name == handler), None)
    if consumer is None:
        raise LookupError(f"no handler {handler} of {topic}")

    def work() -> None:
        claimed = fetch(
            "INSERT INTO jobs_handledevent (handler, event_id) VALUES (%s, %s) "
            "ON CONFLICT DO NOTHING RETURNING 1",
            [handler, event],
        )
        if claimed:
            token = _handling.set(UUID(event))
            try:
                consumer.function(consumer.event(**payload))
            finally:
                _handling.reset(token)
        _settle(handler, event)

    unit_of_work(work)


def park(job: int, args: dict[str, Any], error: str) -> None:
    """Note that an event failed for good, and open or join the case of its handler."""
    company = _company(args["key"], args["payload"])
    with transaction.atomic():
        case = exceptions.open(
            EVENT_PARKED.code,
            refs=[("platform.event", args["key"])],
            params={"handler": args["handler"], "topic": args["topic"], "key": args["key"],
                    "error": error.splitlines()[-1][:300] if error else ""},
            company=company,
            same=args["handler"],
        )  # fmt: skip
        fetch(
            """
            INSERT INTO jobs_parkedevent
              (handler, event_id, topic, key, payload, job_id, company_id, case_id, error, state)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'parked')
            ON CONFLICT (handler, event_id) DO UPDATE
              SET state = 'parked', error = excluded.error, job_id = excluded.job_id,
                  case_id = excluded.case_id
            """,
            [args["handler"], args["event"], args["topic"], args["key"],
             json.dumps(args["payload"]), job, company, case, error],
        )  # fmt: skip


def retry(parked: Iterable[int]) -> None:
    """Try parked events once more, now. One that fails again is parked again.

    Raises:
        NotParked: One of them is not parked.
    """
    release(_unpark(parked, "retrying"))


def skip(parked: Iterable[int], *, actor: Actor, reason: str) -> None:
    """Give up parked events, so that the later ones of their lanes go on. Logged in the case.

    Raises:
        NotParked: One of them is not parked.
    """
    parked = list(parked)
    jobs = _unpark(parked, "skipped")
    fetch(
        "INSERT INTO jobs_handledevent (handler, event_id) "
        "SELECT handler, event_id FROM jobs_parkedevent WHERE id = ANY(%s::bigint[]) "
        "ON CONFLICT DO NOTHING",
        [parked],
    )
    cases = fetch(
        "SELECT DISTINCT case_id FROM jobs_parkedevent WHERE id = ANY(%s::bigint[])", [parked]
    )
    for (case,) in cases:
        exceptions.note(case, "skipped", actor=actor, text=reason)
    release(jobs)


def _unpark(parked: Iterable[int], state: str) -> list[int]:
    assert connection.in_atomic_block
    ids = sorted(set(parked))
    moved = fetch(
        """
        WITH held AS (
            SELECT id FROM jobs_parkedevent
            WHERE id = ANY(%s::bigint[]) AND state = 'parked' ORDER BY id FOR UPDATE
        )
        UPDATE jobs_parkedevent p SET state = %s FROM held WHERE p.id = held.id
        RETURNING p.id, p.job_id
        """,
        [ids, state],
    )
    if missing := set(ids) - {id_ for id_, _ in moved}:
        raise NotParked(min(missing))
    return [job for _, job in moved]


def _settle(handler: str, event: str) -> None:
    """A parked event went through; the last one of its case closes the case."""
    settled = fetch(
        "UPDATE jobs_parkedevent SET state = CASE state WHEN 'skipped' THEN state ELSE 'done' END "
        "WHERE handler = %s AND event_id = %s RETURNING case_id",
        [handler, event],
    )
    for (case,) in settled:
        left = fetch(
            "SELECT 1 FROM jobs_parkedevent "
            "WHERE case_id = %s AND state IN ('parked', 'retrying') LIMIT 1",
            [case],
        )
        if not left:
            exceptions.settle(case, remedy="retried")


def _company(key: str, payload: dict[str, Any]) -> int | None:
    """Whose event it is: its own field, or the company of the document its key names."""
    if "company" in payload:
        return payload["company"]
    type_, _, id_ = key.partition(":")
    try:
        model = document_model(type_)
    except LookupError:
        return None
    return model._default_manager.filter(pk=id_).values_list("company_id", flat=True).first()
