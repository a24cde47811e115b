"""Why a file, a mapping or a batch is refused."""

from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy

SAVE_AGAIN = Remedy("imports.remedy.save_again")
SPLIT = Remedy("imports.remedy.split_file")
TEMPLATE = Remedy("imports.remedy.use_template")


@dataclass(eq=False)
class FileEmpty(BusinessError):
    """Nothing in it, or a head without rows."""

    code = "imports.file_empty"
    remedy = TEMPLATE


@dataclass(eq=False)
class FileTooLarge(BusinessError):
    """More bytes, packed or unpacked, than one batch takes. Sizes in megabytes."""

    code = "imports.file_too_large"
    remedy = SPLIT
    megabytes: int
    most: int


@dataclass(eq=False)
class SheetTooLong(BusinessError):
    code = "imports.sheet_too_long"
    remedy = SPLIT
    most: int


@dataclass(eq=False)
class SheetTooWide(BusinessError):
    code = "imports.sheet_too_wide"
    remedy = TEMPLATE
    most: int


@dataclass(eq=False)
class FileBroken(BusinessError):
    """It says it is a workbook or a text, and cannot be read as one."""

    code = "imports.file_broken"
    remedy = SAVE_AGAIN
    name: str


@dataclass(eq=False)
class FormatUnknown(BusinessError):
    """Neither xlsx nor a text table. Old .xls, PDF, pictures and the like."""

    code = "imports.format_unknown"
    remedy = SAVE_AGAIN
    name: str


@dataclass(eq=False)
class EncodingUnknown(BusinessError):
    """A text that is neither UTF-8 or UTF-16 nor GB18030 nor Big5."""

    code = "imports.encoding_unknown"
    remedy = SAVE_AGAIN
    name: str


@dataclass(eq=False)
class ColumnsUnmapped(BusinessError):
    """Columns the records cannot do without were not found in the file."""

    code = "imports.columns_unmapped"
    remedy = Remedy("imports.remedy.map_columns")
    columns: list[str]


@dataclass(eq=False)
class MappingMalformed(BusinessError):
    """A column that does not exist, a field that cannot be imported, or one field twice."""

    code = "imports.mapping_malformed"
    remedy = Remedy("imports.remedy.map_columns")
    column: str


@dataclass(eq=False)
class BatchState(BusinessError):
    """The step does not fit the state the batch is in."""

    code = "imports.batch_state"
    verb: str
    state: str


@dataclass(eq=False)
class BatchHasIssues(BusinessError):
    """Rows with refusals are left; nothing is loaded before they are repaired or set aside."""

    code = "imports.batch_has_issues"
    remedy = Remedy("imports.remedy.repair_rows")
    rows: int


@dataclass(eq=False)
class NotImportable(BusinessError):
    """Nobody enters records on this screen."""

    code = "imports.not_importable"
    screen: str


# What can be wrong with one cell or record, beside what its own screen refuses.


@dataclass(eq=False)
class NotFigure(BusinessError):
    code = "imports.not_figure"
    value: str


@dataclass(eq=False)
class NotDate(BusinessError):
    code = "imports.not_date"
    value: str


@dataclass(eq=False)
class NotYesNo(BusinessError):
    code = "imports.not_yes_no"
    value: str


@dataclass(eq=False)
class NotChoice(BusinessError):
    code = "imports.not_choice"
    value: str
    choices: list[str]


@dataclass(eq=False)
class ReferenceUnknown(BusinessError):
    """No record of that code, or name, that the person may choose."""

    code = "imports.reference_unknown"
    value: str


@dataclass(eq=False)
class ReferenceAmbiguous(BusinessError):
    code = "imports.reference_ambiguous"
    value: str
    codes: list[str]


@dataclass(eq=False)
class CellFaulty(BusinessError):
    """The workbook itself shows an error there (#N/A, #REF!)."""

    code = "imports.cell_faulty"
    value: str


@dataclass(eq=False)
class KeyMissing(BusinessError):
    code = "imports.key_missing"


@dataclass(eq=False)
class KeyTwice(BusinessError):
    """The same key stands on an earlier row of the file."""

    code = "imports.key_twice"
    value: str
    row: int


@dataclass(eq=False)
class HeadDiffers(BusinessError):
    """Rows of one document do not agree on what stands at its head."""

    code = "imports.head_differs"
    value: str
    first: str
    row: int


@dataclass(eq=False)
class AlreadyApplied(BusinessError):
    """The document of this key was loaded before and has since gone beyond a draft."""

    code = "imports.already_applied"
    remedy = Remedy("imports.remedy.open_document")
    number: str
    state: str


@dataclass(eq=False)
class RowUnknown(BusinessError):
    """No such row, or it is loaded already."""

    code = "imports.row_unknown"
    no: int
