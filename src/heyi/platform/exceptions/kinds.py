"""What can be off, declared by the modules that notice it."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from heyi.platform.modules import declared

Severity = Literal["minor", "major", "critical"]
Cause = Literal["data", "system", "process", "user", "vendor", "external"]


@dataclass(frozen=True)
class ExceptionKind:
    """One code of business exception. List it under `exceptions` in the module's manifest.

    Its words are the message `code` (what is off, with the params) and `code.continue` (how
    work goes on meanwhile), in three languages.

    Args:
        code: "module.noun_state", like a refusal's.
        kind: Where the cause is looked for first.
        owner: The role whose holders must deal with it.
        due_hours: Working hours until it should be resolved.
        screens: Screens where the remedy is done.
    """

    code: str
    kind: Cause
    owner: str
    due_hours: int
    severity: Severity = "minor"
    screens: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, ExceptionKind]:
    """Every declared kind by its code."""
    found: dict[str, ExceptionKind] = {}
    for kind in declared("exceptions"):
        assert kind.code not in found, f"two exception kinds share {kind.code}"
        found[kind.code] = kind
    return found
