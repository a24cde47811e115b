"""Standard costs of products."""

from collections.abc import Mapping
from decimal import Decimal

from heyi.platform.rows import columns, fetch


def set_standards(prices: Mapping[int, Decimal]) -> None:
    """Set products' standard cost per base unit, in key order: one statement.

    What is on hand is revalued by the ledger's `change_standard`, which calls this.
    """
    fetch(
        """
        WITH w AS (
            SELECT p.id, x.price FROM unnest(%s::bigint[], %s::numeric[]) AS x(id, price)
            JOIN product_product p ON p.id = x.id ORDER BY p.id FOR UPDATE OF p
        )
        UPDATE product_product p SET standard = w.price, version = version + 1
        FROM w WHERE p.id = w.id
        """,
        columns(sorted(prices.items())),
    )
