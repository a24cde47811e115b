"""Vouchers sealed one after the other, so that nobody can change one and nobody else notices.

One worker does it after the fact: posting never waits for it. It takes whatever committed
vouchers are not sealed yet, in whatever order they appeared, gives each the next place in its
company's chain, and hashes the voucher's whole record together with the hash before. The last
hash of a day leaves the database (`roots`); whoever holds it can prove later that nothing before
it was touched.

The shape of a record is an edition. A later release may seal more fields under a new edition;
what was sealed under an old one is still verified by that one's shape.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import transaction

from heyi.platform.rows import array, fetch, insert

EDITION = 1
START = b"\0" * 32
STEP = 5_000
BEHIND = 100_000  # how many ids back a late commit is looked for each time; `whole` looks at all


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain first fails. `reason`: changed | missing | place_missing | root_differs."""

    company: int
    no: int
    voucher: int | None
    reason: str


def extend(*, whole: bool = False, limit: int = 50_000) -> int:
    """Seal vouchers that are not sealed yet. One worker at a time; the others find nothing to do.

    Args:
        whole: Look for unsealed vouchers of any age; the nightly run does.
        limit: At most about this many in one call.

    Returns:
        How many were sealed.
    """
    sealed = 0
    while sealed < limit:
        with transaction.atomic():
            fetch("SELECT pg_advisory_xact_lock(hashtext('ledger.chain'))")
            step = _step(whole)
        sealed += step
        if step < STEP:
            break
    return sealed


def _step(whole: bool) -> int:
    [(floor,)] = fetch("SELECT coalesce(max(voucher_id), 0) FROM ledger_chainlink")
    todo = fetch(
        """
        SELECT v.company_id, v.id FROM ledger_voucher v
        WHERE v.id > %s AND NOT EXISTS (
            SELECT 1 FROM ledger_chainlink c WHERE c.voucher_id = v.id)
        ORDER BY v.id LIMIT %s
        """,
        [0 if whole else max(0, floor - BEHIND), STEP],
    )
    if not todo:
        return 0
    ends = _ends({company for company, _ in todo})
    records = _records([voucher for _, voucher in todo])
    links = []
    for company, voucher in todo:
        no, last = ends.get(company, (0, START))
        ends[company] = no, last = no + 1, _hash(last, no + 1, records[voucher])
        links.append((company, no, voucher, EDITION, "\\x" + last.hex()))
    insert(
        "ledger_chainlink",
        "company_id:bigint, no:bigint, voucher_id:bigint, edition:smallint, hash:bytea",
        links,
    )
    return len(links)


def verify(company: int, after: int = 0) -> tuple[int, Break | None]:
    """Recompute a company's chain from a place on.

    Returns:
        How many links were recomputed, and the first that fails, if any.
    """
    no, last, checked = after, START, 0
    if after:
        rows = fetch(
            "SELECT hash FROM ledger_chainlink WHERE company_id = %s AND no = %s", [company, after]
        )
        if not rows:
            return 0, Break(company, after, None, "place_missing")
        last = bytes(rows[0][0])
    for links in _links(company, after):
        records = _records([voucher for _, voucher, _ in links])
        for found, voucher, kept in links:
            no += 1
            if found != no:
                return checked, Break(company, no, None, "place_missing")
            if voucher not in records:
                return checked, Break(company, no, voucher, "missing")
            last = _hash(last, no, records[voucher])
            if last != bytes(kept):
                return checked, Break(company, no, voucher, "changed")
            checked += 1
    return checked, _differing_root(company)


def _differing_root(company: int) -> Break | None:
    rows = fetch(
        """
        SELECT r.no, c.voucher_id FROM ledger_chainroot r
        LEFT JOIN ledger_chainlink c ON c.company_id = r.company_id AND c.no = r.no
        WHERE r.company_id = %s AND c.hash IS DISTINCT FROM r.hash ORDER BY r.no LIMIT 1
        """,
        [company],
    )
    return Break(company, rows[0][0], rows[0][1], "root_differs") if rows else None


def _links(company: int, after: int) -> Iterator[list[tuple[int, int, memoryview]]]:
    while True:
        rows = fetch(
            "SELECT no, voucher_id, hash FROM ledger_chainlink "
            "WHERE company_id = %s AND no > %s ORDER BY no LIMIT %s",
            [company, after, STEP],
        )
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def seal_day(on: date) -> int:
    """Write each company's last hash down as the root of a day, once. Returns how many."""
    return len(
        fetch(
            """
            INSERT INTO ledger_chainroot (company_id, "on", no, hash)
            SELECT DISTINCT ON (company_id) company_id, %s, no, hash
            FROM ledger_chainlink ORDER BY company_id, no DESC
            ON CONFLICT DO NOTHING RETURNING no
            """,
            [on],
        )
    )


def roots(company: int) -> list[dict[str, Any]]:
    """The roots, oldest first, as they are handed to an auditor."""
    return [
        {"on": on, "no": no, "root": bytes(root).hex()}
        for on, no, root in fetch(
            'SELECT "on", no, hash FROM ledger_chainroot WHERE company_id = %s ORDER BY "on"',
            [company],
        )
    ]


def _ends(companies: set[int]) -> dict[int, tuple[int, bytes]]:
    return {
        company: (no, bytes(last))
        for company, no, last in fetch(
            """
            SELECT DISTINCT ON (company_id) company_id, no, hash FROM ledger_chainlink
            WHERE company_id = ANY(%s::bigint[]) ORDER BY company_id, no DESC
            """,
            [array(sorted(companies))],
        )
    }


def _hash(last: bytes, no: int, record: dict[str, Any]) -> bytes:
    return sha256(last + canonical(no, record)).digest()


def canonical(no: int, record: dict[str, Any]) -> bytes:
    """The bytes that are hashed: JSON with sorted keys, no spaces, UTF-8, figures as texts."""
    whole = {"edition": EDITION, "place": no, **record}
    return json.dumps(
        whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    ).encode()


def _records(vouchers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Edition 1: everything the ledger holds of a voucher. Four statements for any number."""
    ids = [array(vouchers)]
    found: dict[int, dict[str, Any]] = {}
    for id_, company, period, word, number, on, type_, document, reverses, at in fetch(
        """
        SELECT id, company_id, period_id, word, number, "on", document_type, document_id,
               reverses_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
        FROM ledger_voucher WHERE id = ANY(%s::bigint[])
        """,
        ids,
    ):
        found[id_] = {
            "voucher": id_, "company": company, "period": period, "word": word, "number": number,
            "on": on, "document": [type_, document], "reverses": reverses, "at": at,
            "lines": [], "moves": [], "entries": [],
        }  # fmt: skip
    for kind, sql in _PARTS.items():
        rows: dict[int, list[list[Any]]] = defaultdict(list)
        for voucher, *facts in fetch(sql, ids):
            rows[voucher].append(facts)
        for voucher, own in rows.items():
            if voucher in found:
                found[voucher][kind] = own
    return found


_PARTS = {
    "lines": """
        SELECT voucher_id, no, company_id, period_id, "on", account_id, debit, credit, currency,
               "foreign", quantity, dimension_set_id, purpose, rule_id, origin_type, origin_id
        FROM ledger_journalline WHERE voucher_id = ANY(%s::bigint[]) ORDER BY voucher_id, no
    """,
    "moves": """
        SELECT voucher_id, no, company_id, "on", purpose, product_id, lot_id, source_id,
               source_owner_id, source_status, target_id, target_owner_id, target_status, quantity,
               origin_type, origin_id
        FROM ledger_stockmove WHERE voucher_id = ANY(%s::bigint[]) ORDER BY voucher_id, no
    """,
    "entries": """
        SELECT voucher_id, no, company_id, product_id, area_id, lot_id, "on", purpose, quantity,
               value, cost, stamp, origin_type, origin_id
        FROM ledger_valueentry WHERE voucher_id = ANY(%s::bigint[]) ORDER BY voucher_id, no
    """,
}
