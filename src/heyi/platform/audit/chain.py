"""Chaining audit records by hash, so that a rewritten, removed or smuggled one is found.

Records are chained after they are committed, by a worker: nobody waits for the
chain when they save. A record that is not yet sealed stands in `audit_unsealed`.
"""

from dataclasses import dataclass

from django.db import transaction

from heyi.platform.rows import fetch

_LOCK = 7_310_001  # one worker at a time makes the chain longer
_GENESIS = "sha256('heyi')"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found. `broken` is the id of the first record that does not hold."""

    checked: int
    broken: int | None
    waiting: int
    head: str

    @property
    def ok(self) -> bool:
        return self.broken is None


def extend(limit: int = 20_000) -> int:
    """Seal up to `limit` committed records that are not part of the chain yet; how many it was.

    Safe to run at any time: a second worker finds the first at it and leaves.
    """
    with transaction.atomic():
        [[mine]] = fetch("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not mine:
            return 0
        [[count]] = fetch(_EXTEND, [limit])
        return count


def verify(since: int | None = None) -> Verdict:
    """Compute the chain again and compare it with what is there.

    Args:
        since: Only the links after this position, which an earlier run has proved; the search for
            records that were smuggled in needs a run over everything.
    """
    [[checked, broken, waiting, head]] = fetch(_VERIFY, [since or 0, since is None])
    return Verdict(checked, broken, waiting, head or "")


def length() -> int:
    """The position of the last link."""
    return head()[0]


def head() -> tuple[int, str]:
    """Position and hash of the last link. Whoever notes it elsewhere can show later that the
    chain's end was not cut off."""
    rows = fetch(
        "SELECT position, encode(hash, 'hex') FROM audit_seal ORDER BY position DESC LIMIT 1"
    )
    return rows[0] if rows else (0, "")


_EXTEND = f"""
    WITH taken AS MATERIALIZED (
        DELETE FROM audit_unsealed WHERE record_id IN (
            SELECT record_id FROM audit_unsealed ORDER BY record_id LIMIT %s
        ) RETURNING record_id
    ), head AS (
        SELECT coalesce(max(position), 0) AS position,
               coalesce((array_agg(hash ORDER BY position DESC))[1], {_GENESIS}) AS hash
        FROM (SELECT position, hash FROM audit_seal ORDER BY position DESC LIMIT 1) last
    ), sealed AS (
        INSERT INTO audit_seal (position, record_id, hash)
        SELECT head.position + row_number() OVER by_id, r.id,
               audit_chain(head.hash, audit_digest(r)) OVER by_id
        FROM taken JOIN audit_record r ON r.id = taken.record_id CROSS JOIN head
        WINDOW by_id AS (ORDER BY r.id)
        RETURNING 1
    )
    SELECT count(*)::int FROM sealed
"""
_VERIFY = f"""
    WITH asked AS (
        SELECT %s::bigint AS since, %s::boolean AS everything
    ), link AS (
        SELECT s.position, s.record_id, s.hash, r.id,
               lag(s.hash, 1, {_GENESIS}) OVER by_position AS before,
               lag(s.position, 1, 0::bigint) OVER by_position AS place,
               CASE WHEN r.id IS NOT NULL THEN audit_digest(r) END AS digest
        FROM audit_seal s LEFT JOIN audit_record r ON r.id = s.record_id
        WHERE s.position >= (SELECT since FROM asked)
        WINDOW by_position AS (ORDER BY s.position)
    ), proved AS (
        SELECT * FROM link WHERE position > (SELECT since FROM asked)
    ), broken AS (
        SELECT position, record_id FROM proved
        WHERE digest IS NULL OR place <> position - 1 OR sha256(before || digest) <> hash
        UNION ALL
        SELECT NULL, r.id FROM audit_record r
        WHERE (SELECT everything FROM asked)
          AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.record_id = r.id)
          AND NOT EXISTS (SELECT FROM audit_unsealed u WHERE u.record_id = r.id)
        UNION ALL
        SELECT NULL, u.record_id FROM audit_unsealed u
        WHERE NOT EXISTS (SELECT FROM audit_record r WHERE r.id = u.record_id)
    )
    SELECT (SELECT count(*) FROM proved),
           (SELECT record_id FROM broken ORDER BY position NULLS LAST, record_id LIMIT 1),
           (SELECT count(*) FROM audit_unsealed),
           (SELECT encode(hash, 'hex') FROM audit_seal ORDER BY position DESC LIMIT 1)
"""
