"""What moved goods cost, for the documents that come after."""

from collections.abc import Sequence
from decimal import Decimal

from heyi.ledger.types import Ref
from heyi.platform.rows import columns, fetch


def costs_of(company: int, origins: Sequence[Ref]) -> dict[Ref, tuple[Decimal, Decimal]]:
    """Quantity and cost that left (positive) or came (negative) under each origin: one statement.

    What was reversed cancels out. A customer return takes its share of this: the original cost.
    """
    return {
        Ref(type_, id_): (quantity, cost)
        for type_, id_, quantity, cost in fetch(
            """
            SELECT e.origin_type, e.origin_id, -sum(e.quantity), -sum(e.cost)
            FROM unnest(%s::text[], %s::bigint[]) AS w(type, id)
            JOIN ledger_valueentry e ON e.origin_id = w.id AND e.origin_type = w.type
            WHERE e.company_id = %s GROUP BY 1, 2
            """,
            [*columns([(o.type, o.id) for o in origins]), company],
        )
    }
