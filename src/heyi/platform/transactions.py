"""One transaction per request: tried again when two collide, and with the last things last.

Some things must be taken as the very last statement before the commit: a gapless number keeps
its series locked until then, and whatever is locked after it invites a deadlock. Code says
`last(step, item)` while it works; the unit of work runs each step once, with all its items,
just before it commits. What a rolled-back savepoint had asked for is forgotten with it.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

T = TypeVar("T")
Step = Callable[[Sequence[Any]], None]

_COLLIDED = {"40P01", "40001"}  # deadlock detected, serialization failure
_open: ContextVar[bool] = ContextVar("unit_of_work", default=False)


@dataclass(slots=True)
class _Last:
    """Waits among Django's commit hooks, because Django drops those of a rolled-back savepoint."""

    step: Step
    item: Any

    def __call__(self) -> None:
        """Nothing is left to do once committed."""


def unit_of_work(work: Callable[[], T], *, retries: int = 3) -> T:
    """Do `work` in one transaction. When it collides with another, nobody sees more than a pause.

    Inside another unit of work it simply joins it. `work` may run more than once, so it must do
    nothing that a rollback does not undo.

    Returns:
        What `work` returned; what it left for the end is done by then.
    """
    if _open.get():
        return work()
    for attempt in range(retries + 1):
        token = _open.set(True)
        try:
            with transaction.atomic():
                result = work()
                finish()
                return result
        except OperationalError as error:
            if _state(error) not in _COLLIDED or attempt == retries:
                raise
        finally:
            _open.reset(token)
        time.sleep(random.uniform(0, 0.02) * 2**attempt)
    raise AssertionError("unreachable")


def last(step: Step, item: Any) -> None:
    """Leave `item` for `step`, which runs once with all its items just before the commit."""
    assert _open.get(), "this belongs in a unit of work"
    transaction.on_commit(_Last(step, item))


def working() -> bool:
    """Whether a unit of work is open here."""
    return _open.get()


def finish() -> None:
    """Run what was left for the end, in one order everywhere. The unit of work calls this.

    Call it yourself only where the result of a last thing must be stored in the same transaction.
    """
    waiting: dict[Step, list[Any]] = defaultdict(list)
    hooks = connection.run_on_commit
    for _, hook, *_ in hooks:
        if isinstance(hook, _Last):
            waiting[hook.step].append(hook.item)
    if waiting:
        connection.run_on_commit = [h for h in hooks if not isinstance(h[1], _Last)]
        for step in sorted(waiting, key=lambda s: (s.__module__, s.__qualname__)):
            step(waiting[step])


def _state(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
