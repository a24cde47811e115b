"""A database of its own for a benchmark, a company in it, and how time and CPU are read."""

import datetime as dt
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

YEAR = 2026
DAY = dt.date(YEAR, 3, 2)
_TICK = os.sysconf("SC_CLK_TCK")


def option(args: Sequence[str], name: str, default: int) -> int:
    """`--name 5` or `--name=5` among the arguments."""
    for at, arg in enumerate(args):
        if arg == f"--{name}":
            return int(args[at + 1])
        if arg.startswith(f"--{name}="):
            return int(arg.partition("=")[2])
    return default


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def database(name: str) -> Iterator[None]:
    """A fresh database beside the one HEYI_DATABASE_URL names, dropped afterwards."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    where = os.environ["HEYI_DATABASE_URL"]
    own = f"{conninfo_to_dict(where).get('dbname') or 'heyi'}_bench_{name}"
    admin = make_conninfo(where, dbname="postgres")

    def maintain(*statements: str) -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    maintain(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)', f'CREATE DATABASE "{own}"')
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heyi.site.settings")
    import django
    from django.db import connection

    django.setup()
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = own
    try:
        from heyi.site import schema

        schema.upgrade(lambda text: None)
        forget()
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        maintain(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')


def forget() -> None:
    """Drop what this process remembers of another database."""
    from heyi.ledger import journal, pools, quantities, reference

    for module in (journal, pools, quantities):
        module.forget()
    reference._books.clear()


class Bench:
    """A company with the shipped chart, a store with bins, and goods at cost 5 and price 10."""

    def __init__(self, products: int = 0, bins: int = 1) -> None:
        from heyi.ledger import charts
        from heyi.ledger.models import Account, Location, ValuationArea
        from heyi.ledger.setup import setup
        from heyi.party.models import Party
        from heyi.platform.models import Company
        from heyi.product.models import Category, Product, Unit

        self.model = Company.objects.create(code="BENCH", name="Bench", currency="CNY")
        self.id = self.model.pk
        setup(self.model)
        charts.load_periods(self.id, YEAR)
        area = ValuationArea.objects.get(company=self.model, code="MAIN")
        self.area = area.pk
        self.bins = [
            Location.objects.create(company=self.model, code=f"B{n:02}", name=f"B{n:02}", area=area).pk
            for n in range(bins)
        ]  # fmt: skip
        self.accounts = dict(
            Account.objects.filter(company=self.model).exclude(role="").values_list("role", "pk")
        )
        self.leaves = list(
            Account.objects.filter(company=self.model, leaf=True, active=True, control="")
            .order_by("code").values_list("pk", flat=True)[:99]
        )  # fmt: skip
        assert len(self.leaves) == 99
        unit = Unit.objects.create(code="pc", name="pc")
        self.unit = unit.pk
        category = Category.objects.create(company=self.model, code="FG", name="FG")
        Product.objects.bulk_create(
            Product(company=self.model, code=f"P{n:04}", name=f"P{n:04}", category=category, unit=unit, price=10)
            for n in range(products)
        )  # fmt: skip
        Party.objects.bulk_create(
            Party(company=self.model, code=f"C{n:03}", name=f"Customer {n}", is_customer=True)
            for n in range(200)
        )
        own = {"company": self.model}
        self.products = list(
            Product.objects.filter(**own).order_by("code").values_list("pk", flat=True)
        )
        self.parties = list(
            Party.objects.filter(**own).order_by("code").values_list("pk", flat=True)
        )


@contextmanager
def unguarded() -> Iterator[None]:
    """Rows made by SQL without triggers; the full check afterwards answers for them."""
    from heyi.platform.rows import fetch

    fetch("SET session_replication_role = replica")
    try:
        yield
    finally:
        fetch("SET session_replication_role = origin")


def settle() -> None:
    """Statistics and visibility as autovacuum would have left them."""
    from heyi.platform.rows import fetch

    fetch("VACUUM ANALYZE")


def proved() -> dict[str, Any]:
    """The full check of everything in the database; a benchmark on wrong books counts for nothing."""
    from heyi.platform import proofs

    at = time.perf_counter()
    verdict = proofs.run(full=True)
    bad = [p for p in verdict["proofs"] if not p["ok"]]
    assert not bad, bad
    checked = sum(p["checked"] for p in verdict["proofs"])
    return {"proved": checked, "proof_seconds": round(time.perf_counter() - at, 1)}


def timed_ms(work: Callable[[], Any], times: int = 15) -> tuple[float, float]:
    """Milliseconds of the fastest and of the middle run, after one that warms up.

    The fastest is what the work takes; the others also measure what else the machine does.
    """
    work()
    spent = []
    for _ in range(times):
        at = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - at))
    return min(spent), sorted(spent)[times // 2]


@dataclass
class Cpu:
    """CPU milliseconds of Python and of the server's processes that worked for it."""

    python: float = 0.0
    server: float = 0.0


@contextmanager
def measured() -> Iterator[Cpu]:
    """CPU of this process and of its own server process."""
    from heyi.platform.rows import fetch

    [(backend,)] = fetch("SELECT pg_backend_pid()")
    spent, own, theirs = Cpu(), python_ms(), process_ms(backend)
    yield spent
    spent.server, spent.python = process_ms(backend) - theirs, python_ms() - own


def cpu_ms(work: Callable[[], Any], times: int = 5) -> float:
    """CPU milliseconds of one run, Python and server: what a busy machine does not change much."""
    with measured() as spent:
        for _ in range(times):
            work()
    return (spent.python + spent.server) / times


def python_ms() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return 1000 * (used.ru_utime + used.ru_stime)


def process_ms(pid: int) -> float:
    """CPU milliseconds a process of this machine has used so far."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except (OSError, IndexError, ValueError):
        facts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return 1000 * (int(facts[11]) + int(facts[12])) / _TICK


def result(bench: str, value: float, unit: str, limit: float | None, **more: Any) -> dict[str, Any]:
    return {
        "bench": bench, "value": round(value, 4), "unit": unit, "limit": limit,
        "ok": limit is None or value <= limit, **more,
    }  # fmt: skip
