"""Why a list is not exported."""

from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class ExportTooLong(BusinessError):
    """More rows than one file of this kind takes; nothing was written."""

    code = "exports.too_long"
    remedy = Remedy("exports.remedy.narrow")
    most: int


@dataclass(eq=False)
class FormatNotOffered(BusinessError):
    code = "exports.format_not_offered"
    format: str


@dataclass(eq=False)
class FilterMalformed(BusinessError):
    """The filter is not a JSON object."""

    code = "exports.filter_malformed"
