"""Policies read as rules: which applies, which steps, when a step is done. No database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

Mode = Literal["any", "all"]
ADMINISTRATOR = "system.administrator"
LARGEST_AMOUNT = Decimal(10) ** 16


class FlowMalformed(ValueError):
    """A flow's JSON does not say what it must. The text names the place: "steps.2.who"."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What policies may ask about a document.

    Args:
        amount: In company currency; None where the document has none.
        department: Whose document it is; None means the submitter's department.
    """

    amount: Decimal | None = None
    department: int | None = None
    warehouse: int | None = None
    roles: frozenset[str] = frozenset()  # of the submitter; filled in by `submit`


@dataclass(frozen=True, slots=True)
class When:
    """A condition; what it does not mention it does not mind. All that it mentions must hold."""

    amount_from: Decimal | None = None
    amount_below: Decimal | None = None
    departments: frozenset[int] = frozenset()
    warehouses: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()

    def holds(self, facts: Facts) -> bool:
        """A document without an amount counts as zero."""
        amount = facts.amount or Decimal(0)
        return (
            (self.amount_from is None or amount >= self.amount_from)
            and (self.amount_below is None or amount < self.amount_below)
            and (not self.departments or facts.department in self.departments)
            and (not self.warehouses or facts.warehouse in self.warehouses)
            and (not self.roles or bool(facts.roles & self.roles))
        )


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a step asks: exactly one of these.

    Args:
        role: Everyone with the role in the company.
        user: One person.
        head: The head of the document's department.
        manager: The submitter's manager, that many levels up (1 is their own).
    """

    role: str | None = None
    user: int | None = None
    head: bool = False
    manager: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the way.

    Args:
        mode: "any": one of the people is enough; "all": each of them must agree.
        hours: Working hours until a task is overdue; None never.
        escalate: Whom an overdue task goes to; the flow's `otherwise` role if empty.
    """

    id: str
    name: str
    who: tuple[Who, ...]
    when: When = When()
    mode: Mode = "any"
    hours: int | None = None
    escalate: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole policy.

    Args:
        never_submitter: Nobody decides on what they submitted themselves, nor through a delegate.
        otherwise: The role that gets tasks nobody else can be found for.
    """

    steps: tuple[Step, ...]
    when: When = When()
    never_submitter: bool = True
    otherwise: str = ADMINISTRATOR

    def path(self, facts: Facts) -> list[int]:
        """The positions of the steps that apply."""
        return [n for n, step in enumerate(self.steps) if step.when.holds(facts)]

    def position(self, step: str) -> int | None:
        return next((n for n, s in enumerate(self.steps) if s.id == step), None)


@dataclass(frozen=True, slots=True)
class Vote:
    """A task as the counting sees it. Added signers are required in either mode."""

    state: str
    required: bool = False


def complete(mode: Mode, votes: Iterable[Vote]) -> bool:
    """Whether a node is done: nobody required is missing, and any or all of the others agreed."""
    votes = [v for v in votes if v.state in ("open", "approved")]
    if any(v.required and v.state == "open" for v in votes):
        return False
    asked = [v.state for v in votes if not v.required]
    if mode == "any":
        return "approved" in asked
    return bool(asked) and "open" not in asked


def parse(flow: Mapping[str, Any]) -> Flow:
    """Read a flow from its JSON.

    Raises:
        FlowMalformed: Something is missing, unknown or of the wrong kind.
    """
    _only(flow, {"when", "steps", "never_submitter", "otherwise"}, "flow")
    steps = tuple(_step(s, f"steps.{n}") for n, s in enumerate(_list(flow.get("steps"), "steps")))
    ids = [s.id for s in steps]
    if len(set(ids)) < len(ids):
        raise FlowMalformed("steps.id")
    otherwise = flow.get("otherwise") or ADMINISTRATOR
    if not _said(otherwise):
        raise FlowMalformed("otherwise")
    return Flow(
        steps,
        _when(flow.get("when") or {}, "when"),
        bool(flow.get("never_submitter", True)),
        otherwise,
    )


def _step(raw: Any, at: str) -> Step:
    _only(raw, {"id", "name", "who", "when", "mode", "hours", "escalate"}, at)
    id_, mode, hours = raw.get("id"), raw.get("mode", "any"), raw.get("hours")
    name = raw.get("name") or id_
    if not _said(id_):
        raise FlowMalformed(f"{at}.id")
    if not _said(name):
        raise FlowMalformed(f"{at}.name")
    if mode not in ("any", "all"):
        raise FlowMalformed(f"{at}.mode")
    if hours is not None and (type(hours) is not int or not 0 < hours <= 10_000):
        raise FlowMalformed(f"{at}.hours")
    who = _people(raw.get("who"), f"{at}.who")
    if not who:
        raise FlowMalformed(f"{at}.who")
    return Step(
        id_, name, who, _when(raw.get("when") or {}, f"{at}.when"), mode,
        hours, _people(raw.get("escalate") or [], f"{at}.escalate"),
    )  # fmt: skip


def _people(raw: Any, at: str) -> tuple[Who, ...]:
    found = []
    for n, one in enumerate(_list(raw, at)):
        _only(one, {"role", "user", "head", "manager"}, f"{at}.{n}")
        said = {key: value for key, value in one.items() if value}
        kinds = {"role": str, "user": int, "head": bool, "manager": int}
        if len(said) != 1 or any(type(v) is not kinds[k] for k, v in said.items()):
            raise FlowMalformed(f"{at}.{n}")
        found.append(Who(**said))
        if not (_key(said.get("user", 1)) and _key(said.get("manager", 1))):
            raise FlowMalformed(f"{at}.{n}")
        if not _said(said.get("role", "-")):
            raise FlowMalformed(f"{at}.{n}")
    return tuple(found)


def _when(raw: Any, at: str) -> When:
    _only(raw, {"amount_from", "amount_below", "departments", "warehouses", "roles"}, at)
    return When(
        _amount(raw.get("amount_from"), at),
        _amount(raw.get("amount_below"), at),
        _all(_key, raw.get("departments"), at),
        _all(_key, raw.get("warehouses"), at),
        _all(_said, raw.get("roles"), at),
    )


def _amount(raw: Any, at: str) -> Decimal | None:
    if raw is None or raw == "":
        return None
    try:
        amount = Decimal(str(raw))
    except InvalidOperation as fault:
        raise FlowMalformed(at) from fault
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise FlowMalformed(at)
    return amount


def _all(right: Callable[[Any], bool], raw: Any, at: str) -> frozenset[Any]:
    values = _list(raw or [], at)
    if not all(map(right, values)):
        raise FlowMalformed(at)
    return frozenset(values)


def _key(raw: Any) -> bool:
    return type(raw) is int and 0 < raw < 2**63


def _said(raw: Any) -> bool:
    return isinstance(raw, str) and bool(raw.strip()) and raw.isprintable() and len(raw) <= 100


def _list(raw: Any, at: str) -> Sequence[Any]:
    if not isinstance(raw, list):
        raise FlowMalformed(at)
    return raw


def _only(raw: Any, known: set[str], at: str) -> None:
    if not isinstance(raw, Mapping) or set(raw) - known:
        raise FlowMalformed(at)


__all__ = [
    "ADMINISTRATOR",
    "Facts",
    "Flow",
    "FlowMalformed",
    "Mode",
    "Step",
    "Vote",
    "When",
    "Who",
    "complete",
    "parse",
]
