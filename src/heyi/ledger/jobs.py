"""What the ledger leaves for later: folding turnover, sealing vouchers."""

from datetime import timedelta

from heyi.ledger import chain
from heyi.ledger.balances import fold as fold_now
from heyi.platform import clock
from heyi.platform.jobs.api import Run, job


@job("ledger.fold", every="*/5 * * * *", alone=True)
def fold(run: Run) -> dict[str, int]:
    """Add waiting turnover to the period balances."""
    return {"folded": fold_now()}


@job("ledger.seal", every="* * * * *", alone=True)
def seal(run: Run) -> dict[str, int]:
    """Seal the vouchers that came since."""
    return {"sealed": chain.extend()}


@job("ledger.seal_day", every="23 16 * * *", alone=True)
def seal_day(run: Run) -> dict[str, int]:
    """Seal whatever is left of any age, then write the day's roots down (midnight in China)."""
    sealed = chain.extend(whole=True, limit=10_000_000)
    yesterday = clock.today("Asia/Shanghai") - timedelta(days=1)
    return {"sealed": sealed, "roots": chain.seal_day(yesterday)}
