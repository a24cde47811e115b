"""Reports of the books and of stock, vouchers, periods, and why an account was chosen."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from heyi.ledger import access, accounts, periods, queries, taxes
from heyi.ledger.errors import PageUnknown, RangeBackwards
from heyi.ledger.models import Account, TaxCode
from heyi.ledger.types import Ref
from heyi.platform import clock
from heyi.platform.access import Actor, NotFound
from heyi.platform.audit.api import Entry, record
from heyi.platform.idempotency import answer, write
from heyi.platform.models import Company
from heyi.platform.rows import array, fetch

router = Router(tags=["ledger"])
LARGEST = 2**63 - 1  # of an id
TOTALS = (
    "opening_debit", "opening_credit", "debit", "credit", "year_debit", "year_credit",
    "closing_debit", "closing_credit",
)  # fmt: skip


class TaxRateIn(Schema):
    """A rate as a share: 0.13 is 13 %."""

    rate: Decimal = Field(ge=0, lt=1, max_digits=12, decimal_places=6)
    valid_from: date


class NameIn(Schema):
    zh_hant: str = Field(min_length=1, max_length=200)
    zh_hans: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)


class ChildIn(Schema):
    code: str = Field(pattern=r"^[0-9A-Za-z.]{1,32}$")
    name: NameIn


class DivideIn(Schema):
    """Accounts to put below one, and the day on which its balance moves to the first of them."""

    on: date
    children: list[ChildIn] = Field(min_length=1, max_length=100)


class PeriodIn(Schema):
    on: date
    module: Literal["ledger", "stock"]
    reason: str = ""


@router.get("/reports/trial-balance", response={200: Any})
def trial_balance(request: HttpRequest, to: date | None = None, empty: bool = False,
                  from_: date | None = Query(None, alias="from")) -> HttpResponse:  # fmt: skip
    """Opening, turnover, the year's turnover and closing of every account, parents included."""
    actor = _actor(request)
    access.BOOKS.require(actor, "read")
    start, end = _range(actor, from_, to)
    found = queries.trial_balance(actor.company, start, end, empty=empty)
    rows = []
    for row in found.rows:
        facts = asdict(row)
        keys = ("id", "code", "name", "parent", "level", "leaf", "category", "direction")
        rows.append({"account": {k: facts.pop(k) for k in keys}, **facts})
    totals = dict(zip(TOTALS, found.total, strict=True))
    return answer(200, {"from": start, "to": end, "rows": rows, "totals": totals})


@router.get("/reports/ledger", response={200: Any})
def account_ledger(request: HttpRequest, account: str, to: date | None = None,
                   from_: date | None = Query(None, alias="from"), party: int | None = None,
                   after: str | None = None, limit: int = 200) -> HttpResponse:  # fmt: skip
    """The lines of an account (by code) with the balance after each, a page at a time."""
    actor = _actor(request)
    access.BOOKS.require(actor, "read")
    start, end = _range(actor, from_, to)
    own = Account.objects.filter(company=actor.company, code=account).first()
    if own is None:
        raise NotFound("ledger.account", [])
    try:
        page = queries.account_ledger(
            actor.company, own.pk, start, end, party=party, after=after,
            limit=min(max(limit, 1), 1000),
        )  # fmt: skip
    except (ValueError, ArithmeticError) as fault:
        raise PageUnknown(after or "") from fault
    return answer(
        200,
        {
            "account": {"id": own.pk, "code": own.code, "name": own.name},
            "from": start, "to": end, "opening": page.opening, "next": page.after,
            "rows": [
                {
                    **row,
                    "voucher": {k: row[k] for k in ("word", "number", "on")} | {"id": row["voucher"]},
                    "document": row["document"] and {
                        "screen": row["document_type"], "id": row["document_id"],
                        "number": row["document"],
                    },
                }
                for row in page.rows
            ],
        },
    )  # fmt: skip


@router.get("/reports/vouchers/{int:id}", response={200: Any})
def voucher(request: HttpRequest, id: int) -> HttpResponse:
    """One voucher with its lines, its place in the chain and its seal."""
    actor = _actor(request)
    access.BOOKS.require(actor, "read")
    id = min(id, LARGEST)
    found = queries.voucher(actor.company, id)
    if found is None:
        raise NotFound("ledger.voucher", [id])
    return answer(200, found)


@router.get("/reports/why", response={200: Any})
def why(request: HttpRequest, purpose: str, on: date, category: int | None = None,
        location: int | None = None) -> HttpResponse:  # fmt: skip
    """Which accounts a purpose touches, which rules said so, and why the others did not."""
    actor = _actor(request)
    access.RULE.require(actor, "read")
    reasons = accounts.explain(actor.company, purpose, category=category, location=location, on=on)
    return answer(200, {"purpose": purpose, "on": on,
                        "accounts": accounts.told(actor.company, reasons)})  # fmt: skip


@router.get("/reports/stock", response={200: Any})
def stock(request: HttpRequest, location: int | None = None, until: date | None = None,
          search: str = "", after: str = "", limit: int = 200) -> HttpResponse:  # fmt: skip
    """Products with what is there, promised and under way; the value only for who may see it."""
    actor = _actor(request)
    access.STOCK.require(actor, "read")
    limit = min(max(limit, 1), 1000)
    rows = queries.stock_list(
        actor.company, location=location, until=until, search=search, after=after, limit=limit + 1
    )
    hidden = access.STOCK.hidden(actor)
    shown = [{k: v for k, v in asdict(row).items() if k not in hidden} for row in rows[:limit]]
    return answer(200, {"rows": shown, "next": shown[-1]["code"] if len(rows) > limit else None})


@router.get("/reports/stock/{int:product}", response={200: Any})
def stock_of(request: HttpRequest, product: int) -> HttpResponse:
    """Where one product lies: place, lot, owner and status."""
    actor = _actor(request)
    access.STOCK.require(actor, "read")
    product = min(product, LARGEST)
    return answer(200, {"rows": queries.on_hand(actor.company, [product])[product]})


@router.get("/periods", response={200: Any})
def list_periods(request: HttpRequest) -> HttpResponse:
    """The months of the company and for which modules they are closed."""
    actor = _actor(request)
    access.PERIOD.require(actor, "read")
    rows = fetch(
        'SELECT id, start, "end", closed FROM ledger_period WHERE company_id = %s ORDER BY start',
        [actor.company],
    )
    return answer(
        200, [{"id": i, "start": s, "end": e, "closed": sorted(c)} for i, s, e, c in rows]
    )


@router.post("/periods/close", response={200: Any})
def close(request: HttpRequest, body: PeriodIn) -> HttpResponse:
    """Close the month of a day for a module; waits for postings in flight."""
    return _turn(request, body, "close")


@router.post("/periods/reopen", response={200: Any})
def reopen(request: HttpRequest, body: PeriodIn) -> HttpResponse:
    """Open the month of a day again for a module, with a reason."""
    return _turn(request, body, "reopen")


@router.post("/accounts/{int:id}/divide", response={200: Any})
def divide(request: HttpRequest, id: int, body: DivideIn) -> HttpResponse:
    """Put accounts below a leaf; its balance, role and rules go to the first of them."""
    actor = _actor(request)
    access.ACCOUNT.require(actor, "edit")

    def work() -> tuple[int, Any]:
        children = [(c.code, c.name.dict()) for c in body.children]
        made = accounts.divide(actor.company, min(id, LARGEST), children, on=body.on)
        changes = {"children": (None, [c.code for c in body.children])}
        record([Entry("account_divided", "ledger.account", id, changes)], actor=actor)
        return 200, {"children": made}

    return write(request, work)


@router.get("/taxes", response={200: Any})
def list_taxes(request: HttpRequest) -> HttpResponse:
    """Tax codes with all their rates, the youngest first."""
    actor = _actor(request)
    access.TAX.require(actor, "read")
    return answer(200, _taxes(actor.company))


@router.post("/taxes/{int:id}/rates", response={200: Any})
def set_rate(request: HttpRequest, id: int, body: TaxRateIn) -> HttpResponse:
    """Let a rate hold from a day on; documents made before keep theirs."""
    actor = _actor(request)
    access.TAX.require(actor, "edit")

    def work() -> tuple[int, Any]:
        taxes.set_rate(actor.company, min(id, LARGEST), body.rate, body.valid_from)
        changes = {"rate": (None, str(body.rate)), "valid_from": (None, str(body.valid_from))}
        record([Entry("edit", "ledger.taxcode", id, changes)], actor=actor)
        return 200, next(t for t in _taxes(actor.company) if t["id"] == id)

    return write(request, work)


def _taxes(company: int) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {
        t.pk: {"id": t.pk, "code": t.code, "name": t.name, "method": t.method,
               "active": t.active, "rates": []}
        for t in TaxCode.objects.filter(company=company).order_by("code")
    }  # fmt: skip
    for tax, rate, first, last in fetch(
        "SELECT tax_id, rate, valid_from, valid_to FROM ledger_taxrate "
        "WHERE tax_id = ANY(%s::bigint[]) ORDER BY valid_from DESC",
        [array(found)],
    ):
        found[tax]["rates"].append({"rate": rate, "valid_from": first, "valid_to": last})
    return list(found.values())


def _turn(request: HttpRequest, body: PeriodIn, verb: Literal["close", "reopen"]) -> HttpResponse:
    actor = _actor(request)
    access.PERIOD.require(actor, verb)

    def work() -> tuple[int, Any]:
        assert not transaction.get_autocommit()
        before = _period(actor.company, body.on)
        turn = periods.close if verb == "close" else periods.reopen
        turn(actor.company, body.on, body.module)
        after = _period(actor.company, body.on)
        assert after
        changes = {"closed": (before and before["closed"], after["closed"])}
        record(
            [Entry(f"period_{verb}", "ledger.period", after["id"], changes, body.reason)],
            actor=actor,
        )
        return 200, after

    return write(request, work)


def _period(company: int, on: date) -> dict[str, Any] | None:
    rows = fetch(
        'SELECT id, start, "end", closed FROM ledger_period '
        'WHERE company_id = %s AND %s BETWEEN start AND "end"',
        [company, on],
    )
    return next(({"id": i, "start": s, "end": e, "closed": sorted(c)} for i, s, e, c in rows), None)


def postings_panel(screen: str, id_: int, *, actor: Actor) -> dict[str, Any]:
    """What a document left in both ledgers; who may read the document may read this."""
    return queries.postings_of(actor.company, [Ref(screen, id_)])


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _range(actor: Actor, start: date | None, end: date | None) -> tuple[date, date]:
    if end is None:
        company = Company.objects.get(pk=actor.company)
        end = clock.today(company.timezone)
    start = start or end.replace(day=1)
    if start > end:
        raise RangeBackwards(start, end)
    return start, end
