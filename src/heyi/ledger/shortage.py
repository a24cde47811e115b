"""Saying what is missing in words a storekeeper knows: codes and names, not keys.

Read only when something is refused, so it costs nothing otherwise.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from heyi.kernel.money import ZERO
from heyi.ledger.errors import StockShort, StockShortLater
from heyi.platform.modules import document_model
from heyi.platform.rows import fetch

Place = tuple[int, int, int, int, int]
Forecast = Callable[[int, Place, Decimal], date | None]


def _nothing_planned(company: int, place: Place, wanted: Decimal) -> date | None:
    return None


_forecast: Forecast = _nothing_planned


def forecast_with(forecast: Forecast) -> None:
    """Set who knows when goods will be there: `forecast(company, place, quantity) -> day`.

    The ledger itself plans nothing; the module that holds planned receipts says so when it is
    loaded. Until then a refusal carries no date.
    """
    global _forecast
    _forecast = forecast


def short(company: int, place: Place, wanted: Decimal, available: Decimal) -> StockShort:
    """The refusal for a place that holds too little that is not promised."""
    product, location, *_ = place
    label, unit = product_named(product)
    return StockShort(
        product=label,
        location=location_named(location),
        unit=unit,
        wanted=wanted,
        available=max(available, ZERO),
        available_on=_forecast(company, place, wanted),
        product_id=product,
        location_id=location,
    )


def short_later(
    company: int, place: Place, wanted: Decimal, available: Decimal, on: date
) -> StockShortLater:
    """The refusal for goods that a later day needs, naming the document that uses them then."""
    product, location, lot, owner, status = place
    label, unit = product_named(product)
    found = fetch(
        """
        SELECT v.document_type, v.document_id FROM ledger_stockmove m
        JOIN ledger_voucher v ON v.id = m.voucher_id
        WHERE m.company_id = %s AND m.product_id = %s AND m."on" = %s AND m.source_id = %s
          AND m.lot_id = %s AND m.source_owner_id = %s AND m.source_status = %s
        ORDER BY m.voucher_id DESC LIMIT 1
        """,
        [company, product, on, location, lot, owner, status],
    )
    return StockShortLater(
        product=label,
        location=location_named(location),
        unit=unit,
        wanted=wanted,
        available=max(available, ZERO),
        on=on,
        document=document_named(*found[0]) if found else "",
        document_type=found[0][0] if found else "",
        document_id=found[0][1] if found else 0,
        product_id=product,
        location_id=location,
    )


def product_named(product: int) -> tuple[str, str]:
    """Code and name of a product, and its base unit."""
    found = fetch(
        "SELECT p.code, p.name, u.code FROM product_product p "
        "JOIN product_unit u ON u.id = p.unit_id WHERE p.id = %s",
        [product],
    )
    if not found:
        return str(product), ""
    [(code, name, unit)] = found
    return f"{code} {name}", unit


def location_named(location: int) -> str:
    found = fetch("SELECT code, name FROM ledger_location WHERE id = %s", [location])
    return " ".join(found[0]).strip() if found else ""


def lot_named(lot: int) -> tuple[str, str]:
    """Product and number of a lot or serial."""
    found = fetch(
        "SELECT p.code, p.name, l.code FROM ledger_lot l "
        "JOIN product_product p ON p.id = l.product_id WHERE l.id = %s",
        [lot],
    )
    if not found:
        return "", str(lot)
    [(code, name, number)] = found
    return f"{code} {name}", number


def document_named(type_: str, id_: int) -> str:
    """The number on a document, or its type and key where no module knows the type."""
    try:
        model = document_model(type_)
    except LookupError:
        return f"{type_} {id_}"
    number = model._default_manager.filter(pk=id_).values_list("number", flat=True).first()
    return number or f"{type_} {id_}"
