"""Moving documents through their lifecycle. The only code that writes `state`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform.access import Actor
from heyi.platform.models import Document
from heyi.platform.rows import array, fetch


@dataclass(eq=False)
class WrongState(BusinessError):
    code = "platform.document_in_wrong_state"
    kind = "conflict"
    remedy = Remedy("platform.remedy.reload")
    transition: str
    numbers: list[str]


def advance(
    documents: Sequence[Document], *names: str, actor: Actor, reason: str = ""
) -> None:
    """Apply one transition, or several in a row, to a batch of one type, all or none.

    One statement locks in key order, checks state and version, updates, and
    writes the log. A document that has moved since the caller read it makes
    the whole batch fail, so a double click posts once.

    Raises:
        WrongState: At least one document is not in a source state, or is stale.
    """
    assert documents and names and len({type(d) for d in documents}) == 1
    model = type(documents[0])
    first, last = model.lifecycle[names[0]], model.lifecycle[names[-1]]
    for before, after in zip(names, names[1:], strict=False):
        assert model.lifecycle[before].target in model.lifecycle[after].sources, names
    moved = fetch(
        _advance(model),
        [
            array(d.pk for d in documents),
            array(d.version for d in documents),
            array(sorted(first.sources)),
            last.target.value,
            array(names),
            actor.id,
            actor.name,
            reason,
        ],
    )
    if len(moved) != len(documents) * len(names):
        done = {pk for (pk,) in moved}
        raise WrongState(names[0], sorted(d.number for d in documents if d.pk not in done))
    for d in documents:
        d.state, d.version = last.target, d.version + 1


@cache
def _advance(model: type[Document]) -> str:
    table = model._meta.db_table
    return f"""
        WITH held AS (
            SELECT d.id FROM {table} d
            JOIN unnest(%s::bigint[], %s::int[]) AS seen(id, version)
              ON d.id = seen.id AND d.version = seen.version
            WHERE d.state = ANY(%s::text[])
            ORDER BY d.id FOR UPDATE OF d
        ), moved AS (
            UPDATE {table} d SET state = %s, version = d.version + 1
            FROM held WHERE d.id = held.id RETURNING d.id
        )
        INSERT INTO platform_documentlog (document_type, document_id, transition, actor_id, actor, reason, acknowledged)
        SELECT '{model.type}', moved.id, step, actor_id, actor, reason, '[]'::jsonb
        FROM moved
        CROSS JOIN (SELECT %s::text[] AS steps, %s::bigint AS actor_id, %s::text AS actor, %s::text AS reason) AS log
        CROSS JOIN unnest(steps) WITH ORDINALITY AS s(step, n)
        ORDER BY moved.id, n
        RETURNING document_id
    """
