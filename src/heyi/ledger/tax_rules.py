"""Tax of a document's lines, to the smallest coin. No database, no settings, no clock.

Everything that decides the result is an argument; a document that keeps its `Method` and the
rates of its lines gives the same cents for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from heyi.kernel.money import ZERO, rounded


@dataclass(frozen=True, slots=True)
class Method:
    """How a document counts its tax. Copied to the document when it is made.

    Args:
        rounding: `line` rounds on each line and adds up; `document` rounds once per rate and
            gives every line its part, by largest remainder.
        inclusive: The lines' amounts contain the tax.
    """

    rounding: Literal["line", "document"] = "line"
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class TaxLine:
    """An amount as written on the document (already rounded), and the rate it carries."""

    amount: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Taxed:
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class TaxedDocument:
    """Lines in their order; the totals are their sums, `by_rate` sums them per rate."""

    lines: tuple[Taxed, ...]
    by_rate: dict[Decimal, Taxed]
    net: Decimal
    tax: Decimal
    gross: Decimal


def compute(lines: Sequence[TaxLine], method: Method, unit: Decimal) -> TaxedDocument:
    """Net and tax of each line and of the document.

    Args:
        unit: The smallest coin of the document's currency (0.01, or 1 for TWD).

    The sum of the lines is the document, always; a credit note with negative amounts is the
    exact mirror of its invoice.
    """
    taxes = _by_line(lines, method, unit)
    if method.rounding == "document":
        places: dict[Decimal, list[int]] = defaultdict(list)
        for at, line in enumerate(lines):
            places[line.rate].append(at)
        for rate, own in places.items():
            total = _tax(sum((lines[at].amount for at in own), ZERO), rate, method)
            exact = [_tax(lines[at].amount, rate, method) for at in own]
            for at, tax in zip(own, _shares(rounded(total, unit), exact, unit), strict=True):
                taxes[at] = tax
    done = tuple(
        Taxed(line.amount - tax if method.inclusive else line.amount, tax)
        for line, tax in zip(lines, taxes, strict=True)
    )
    by_rate: dict[Decimal, Taxed] = {}
    for line, taxed in zip(lines, done, strict=True):
        held = by_rate.get(line.rate, Taxed(ZERO, ZERO))
        by_rate[line.rate] = Taxed(held.net + taxed.net, held.tax + taxed.tax)
    net, tax = _sum(t.net for t in done), _sum(t.tax for t in done)
    return TaxedDocument(done, by_rate, net, tax, net + tax)


def _tax(amount: Decimal, rate: Decimal, method: Method) -> Decimal:
    """The exact tax of an amount, not rounded."""
    return amount - amount / (1 + rate) if method.inclusive else amount * rate


def _by_line(lines: Sequence[TaxLine], method: Method, unit: Decimal) -> list[Decimal]:
    if method.inclusive:  # the net is rounded, the tax is what remains of the price
        return [x.amount - rounded(x.amount / (1 + x.rate), unit) for x in lines]
    return [rounded(x.amount * x.rate, unit) for x in lines]


def _shares(total: Decimal, exact: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Whole coins close to `exact` that add up to `total`; the largest remainders go first."""
    sign = -1 if total < 0 else 1
    coins = [sign * e / unit for e in exact]
    parts = [c.to_integral_value(ROUND_FLOOR) for c in coins]
    missing = int(sign * total / unit - sum(parts, ZERO))
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - coins[at], at))
    for at in order[:missing]:
        parts[at] += 1
    for at in reversed(order[missing:] if missing < 0 else []):
        if missing == 0:
            break
        parts[at] -= 1
        missing += 1
    return [sign * p * unit for p in parts]


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)
