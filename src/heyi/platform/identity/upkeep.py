"""What the worker does for identity and audit by the clock."""

from heyi.platform import clock
from heyi.platform.audit.api import extend
from heyi.platform.identity import attempts
from heyi.platform.identity.models import Session
from heyi.platform.jobs.api import Run, job
from heyi.platform.rows import fetch

_PIECE = 20_000


@job("audit.seal", every="* * * * *", alone=True)
def seal(run: Run) -> dict[str, int]:
    """Make new audit records part of the chain, piece by piece."""
    sealed = 0
    while count := extend(_PIECE):
        sealed += count
        run.progress(sealed)
    return {"sealed": sealed}


@job("identity.sweep", every="17 * * * *", alone=True)
def sweep(run: Run) -> None:
    """Throw away sessions, counts of attempts and used codes whose time is over."""
    now = clock.world()
    Session.objects.filter(expire_date__lt=now).delete()
    attempts.sweep(now)
    fetch("DELETE FROM identity_cache WHERE expires < %s", [now])
