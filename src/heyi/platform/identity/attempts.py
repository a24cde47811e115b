"""Counting attempts at a secret, so that guessing is hopeless from any number of machines.

An attempt is counted before the secret is compared: a hundred guesses sent at
once are a hundred attempts. The count is in the database, shared by all
processes, and a lock opens by itself after a quarter of an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil

from heyi.platform import clock
from heyi.platform.rows import array, fetch

PER_PERSON = 5
PER_ADDRESS = 100  # a whole factory may sit behind one address
WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Locked:
    """No more attempts for now. `fresh` is true for the attempt that closed the lock."""

    minutes: int
    fresh: bool


def count(name: str, ip: str) -> Locked | None:
    """Note an attempt for what was typed as a name, from an address. Locked if it is one too many.

    A name, its person's e-mail and its spellings share one count, and a name
    nobody has is counted and locked just the same.
    """
    now = clock.world()
    keys, limits = (_subject(name), f"ip:{ip}"), (PER_PERSON, PER_ADDRESS)
    rows = fetch(_COUNT, [array(keys), array(limits), now + WINDOW, now, now])
    locks = [
        Locked(max(1, ceil((until - now) / timedelta(minutes=1))), fresh=tries == limit + 1)
        for tries, until, limit in rows
        if tries > limit
    ]
    return max(locks, key=lambda lock: lock.minutes, default=None)


def forget(name: str, ip: str | None = None) -> None:
    """The person proved who they are: their attempts no longer count, and this one not for the
    address they share with others."""
    fetch("DELETE FROM identity_attempt WHERE key = %s", [_subject(name)])
    if ip:
        fetch(
            "UPDATE identity_attempt SET tries = greatest(tries - 1, 0) WHERE key = %s",
            [f"ip:{ip}"],
        )


def _subject(name: str) -> str:
    typed = name.strip().lower()
    found = fetch(
        "SELECT id FROM identity_user WHERE login = %s OR (email = %s AND email <> '')",
        [typed, typed],
    )
    return f"user:{found[0][0]}" if found else f"name:{sha256(typed.encode()).hexdigest()}"


def sweep(before: datetime) -> None:
    """Throw away counts that no longer matter."""
    fetch("DELETE FROM identity_attempt WHERE until < %s", [before])


_COUNT = """
    WITH asked AS (
        SELECT key, most FROM unnest(%s::text[], %s::int[]) AS a(key, most)
    ), counted AS (
        INSERT INTO identity_attempt AS a (key, tries, until)
        SELECT key, 1, %s::timestamptz FROM asked ORDER BY key
        ON CONFLICT (key) DO UPDATE SET
            tries = CASE WHEN a.until <= %s THEN 1 ELSE a.tries + 1 END,
            until = CASE
                WHEN a.until <= %s OR a.tries <= (SELECT most FROM asked WHERE asked.key = a.key)
                THEN excluded.until ELSE a.until END
        RETURNING key, tries, until
    )
    SELECT tries, until, most FROM counted JOIN asked USING (key)
"""
