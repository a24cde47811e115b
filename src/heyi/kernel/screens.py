"""What people see, declared. A screen holds names: no label, no markup, no script.

Label keys follow from the ids, so a screen cannot exist in fewer languages than
the product speaks. `platform.screens` resolves every path against the models at
start-up and fails the boot on a typo.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Edit = Literal["draft", "never", "always"]
Sign = Literal["positive", "not_negative", "any"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record, by its path from the screen's model ("customer.name").

    Args:
        lookup: For references: the id of the lookup that offers values.
        edit: "draft" while the document is a draft (masters: always), "never" for
            computed fields, "always" also on approved and posted paper.
        required: None takes it from the model.
        sign: Which figures make sense. None: quantities, prices and rates are never negative,
            money may be (a red figure).
    """

    path: str
    lookup: str | None = None
    edit: Edit = "draft"
    required: bool | None = None
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """A field worked out when it is asked for and stored nowhere: "delivered 6 of 10".

    A module may give one to a screen of a lower module. It can be neither filtered nor sorted by.

    Args:
        kind: What its values are ("quantity", "money", "date", "text", …).
        values: (ids, actor) -> {id: value}, in one statement for all ids.
        on: Whether the ids are those of records or of lines.
        decimals: Of figures, at most.
    """

    path: str
    kind: str
    values: Callable[[Sequence[int], Any], Mapping[int, Any]]
    on: Literal["head", "lines"] = "head"
    decimals: int = 6


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields; `show` "detail" folds it away at first."""

    id: str
    fields: tuple[Field, ...]
    show: Literal["always", "detail"] = "always"


def section(
    id: str, *fields: str | Field, show: Literal["always", "detail"] = "always"
) -> Section:
    """A section from paths and fields."""
    return Section(id, tuple(as_field(f) for f in fields), show)


def as_field(field: str | Field) -> Field:
    """A path alone is a field with nothing special about it."""
    return Field(field) if isinstance(field, str) else field


@dataclass(frozen=True, slots=True)
class Listing:
    """The list page: columns, filters, what the search box looks in, presets (saved views).

    Args:
        order: Paths, "-" for descending. The primary key is appended, so paging is by key.
        presets: Name -> filter, for example {"due": {"before": "@today"}, "state": ["approved"]}.
            A value, a list of values, or {from, to, after, before, contains, empty}. "@me" and
            "@today" are filled in when asked for.
    """

    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    presets: dict[str, dict[str, object]] | None = None
    order: tuple[str, ...] = ("-id",)


@dataclass(frozen=True, slots=True)
class Lines:
    """The line grid. `path` is the reverse name of the lines ("lines").

    Args:
        enter: The column a new line starts in, and where a scanner types.
        totals: Paths of the document shown under the grid.
    """

    path: str
    columns: tuple[str | Field, ...]
    enter: str = "product"
    totals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A verb of the lifecycle, or of the module, as a button.

    Args:
        key: Keyboard shortcut, "mod" being Ctrl or Cmd.
        confirm: Ask before doing it; only for what cannot be undone.
        reason: The person must say why.
    """

    verb: str
    key: str | None = None
    confirm: bool = False
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """A document or a master: its list page and its form page.

    Args:
        id: "module.noun"; also the id of its access declaration and message prefix.
        model: "module.Model".
        group: Where the menu puts it: daily work, masters, or set-up.
        prints: Ids of the print forms it offers.
        editable: Whether people may create and change records here (entries of a ledger: no).
    """

    id: str
    model: str
    listing: Listing
    sections: tuple[Section, ...] = ()
    lines: Lines | None = None
    actions: tuple[Action, ...] = ()
    panels: tuple[str, ...] = ()
    prints: tuple[str, ...] = ()
    group: Literal["documents", "masters", "setup", "reports"] = "documents"
    editable: bool = True

    @property
    def module(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a reference field may choose from.

    Args:
        search: Paths the typed text is compared with; `initials` (pinyin) where the model has it.
        filter: Fixed narrowing by columns of the model ({"is_customer": True}; also "area__isnull").
    """

    id: str
    model: str
    search: tuple[str, ...] = ("code", "name", "initials")
    show: tuple[str, ...] = ("code", "name")
    filter: dict[str, object] | None = None
