"""Why a view is not kept."""

from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class NameTaken(BusinessError):
    code = "views.name_taken"
    remedy = Remedy("views.remedy.choose_name")
    name: str


@dataclass(eq=False)
class NameMalformed(BusinessError):
    """Empty, longer than 60 characters, or not printable."""

    code = "views.name_malformed"
    remedy = Remedy("views.remedy.choose_name")
    most: int


@dataclass(eq=False)
class ColumnsMalformed(BusinessError):
    """No column, the same one twice, one the list does not have, or a width nobody can read."""

    code = "views.columns_malformed"
    column: str


@dataclass(eq=False)
class TooManyViews(BusinessError):
    code = "views.too_many"
    remedy = Remedy("views.remedy.remove_view")
    most: int


@dataclass(eq=False)
class ViewStale(BusinessError):
    """Somebody changed the view in the meantime."""

    code = "views.view_stale"
    kind = "conflict"
    remedy = Remedy("views.remedy.reload")
    name: str
