"""The declared fields of a screen, as the rest of the platform uses them.

Values live in the `extra` column of head or line as JSON: text, integer and boolean as they are,
decimals and dates as text, so that no figure ever passes through a float.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from heyi.platform.extras.models import Definition

Texts = tuple[tuple[str, str], ...]  # language -> words, hashable
Kind = Literal["text", "integer", "decimal", "date", "choice", "boolean"]
KINDS: tuple[Kind, ...] = ("text", "integer", "decimal", "date", "choice", "boolean")
LONGEST, MOST_DECIMALS, MOST_CHOICES, MOST_FIELDS = 500, 8, 200, 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice field. A retired one is shown where it stands, and offered no more."""

    value: str
    texts: Texts
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ExtraField:
    """A field a customer declared.

    Args:
        key: Its name inside `extra`; the path on the screen is "extra.<key>".
        on: On the head of the record or on its lines.
        texts: The label in each language.
        decimals: Of a decimal.
        max_length: Of a text, in characters.
    """

    key: str
    on: Literal["header", "lines"]
    kind: Kind
    texts: Texts
    required: bool = False
    decimals: int | None = None
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def path(self) -> str:
        return f"extra.{self.key}"


def extra_fields(company: int, screen: str, stamp: int = 0) -> tuple[ExtraField, ...]:
    """What a company added to a screen, in its order, without the retired.

    Args:
        stamp: The version of the company's row the asker has seen. Definitions are kept by it, so
            that a request usually asks for nothing; 0 asks anew. One statement.
    """
    if not stamp:
        return _asked(company).get(screen, ())
    return _kept(company, stamp).get(screen, ())


@lru_cache(maxsize=256)
def _kept(company: int, stamp: int) -> dict[str, tuple[ExtraField, ...]]:
    return _asked(company)


def _asked(company: int) -> dict[str, tuple[ExtraField, ...]]:
    found: dict[str, list[ExtraField]] = {}
    for one in Definition.objects.filter(company=company, retired=False).order_by(
        "screen", "on", "place", "pk"
    ):
        field = ExtraField(
            key=one.key,
            on=one.on,  # type: ignore[arg-type]
            kind=one.kind,  # type: ignore[arg-type]
            texts=tuple(one.texts.items()),
            required=one.required,
            decimals=one.decimals,
            max_length=one.max_length,
            choices=tuple(
                Choice(c["value"], tuple(c["texts"].items()), c.get("retired", False))
                for c in one.choices
            ),
        )
        found.setdefault(one.screen, []).append(field)
    return {screen: tuple(fields) for screen, fields in found.items()}
