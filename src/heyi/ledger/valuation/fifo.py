"""First in, first out: each receipt is a layer, the oldest layer pays first."""

from dataclasses import replace
from decimal import Decimal

from heyi.kernel.money import ZERO, share
from heyi.ledger.valuation.pool import Change, Layer, Pool, Receipt, Terms, unit_price


def receive(pool: Pool, quantity: Decimal, value: Decimal, terms: Terms) -> Change:
    assert quantity > 0 and value >= 0 and pool.quantity >= 0, "FIFO shelves do not go negative"
    layers = (*pool.layers, Layer(terms.key, quantity, value))
    held = replace(_with(pool, layers), received=pool.received + quantity)
    return Change(replace(held, price=unit_price(quantity, value)), value)


def issue(pool: Pool, quantity: Decimal, terms: Terms) -> Change:
    return _draw(pool, pool.layers, quantity, terms)


def take_back(pool: Pool, quantity: Decimal, value: Decimal, terms: Terms) -> Change:
    """Take from the receipt's own layer first, then from the oldest; the gap is variance."""
    own = [layer for layer in pool.layers if layer.key == terms.key]
    change = _draw(pool, (*own, *(x for x in pool.layers if x.key != terms.key)), quantity, terms)
    left = replace(change.pool, received=pool.received - quantity)
    return Change(left, change.stock, value - change.stock)


def absorb(pool: Pool, receipt: Receipt, value: Decimal, terms: Terms) -> Change:
    """Exact under FIFO: the receipt's layer says what is left of it."""
    for i, layer in enumerate(pool.layers):
        if layer.key == receipt.key:
            stock = share(value, layer.quantity, receipt.quantity, terms.unit)
            stock = max(stock, -layer.value)
            grown = replace(layer, value=layer.value + stock)
            layers = (*pool.layers[:i], grown, *pool.layers[i + 1 :])
            return Change(_with(pool, layers), stock, value - stock)
    return Change(pool, ZERO, value)


def _draw(pool: Pool, order: tuple[Layer, ...], quantity: Decimal, terms: Terms) -> Change:
    assert 0 < quantity <= pool.quantity
    wanted, removed, left = quantity, ZERO, {layer.key: layer for layer in pool.layers}
    for layer in order:
        taken = min(wanted, layer.quantity)
        if taken == 0:
            break
        cost = share(layer.value, taken, layer.quantity, terms.unit)
        left[layer.key] = Layer(layer.key, layer.quantity - taken, layer.value - cost)
        wanted, removed = wanted - taken, removed + cost
    return Change(_with(pool, tuple(x for x in left.values() if x.quantity)), removed)


def _with(pool: Pool, layers: tuple[Layer, ...]) -> Pool:
    return replace(
        pool,
        layers=layers,
        quantity=sum((x.quantity for x in layers), ZERO),
        value=sum((x.value for x in layers), ZERO),
    )
