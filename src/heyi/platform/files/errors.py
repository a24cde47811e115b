"""What files refuse."""

from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class FileTooLarge(BusinessError):
    """The file is larger than attachments may be."""

    code = "files.file_too_large"
    remedy = Remedy("files.remedy.make_smaller")
    limit_mb: int


@dataclass(eq=False)
class FileEmpty(BusinessError):
    """There is no file, or nothing in it."""

    code = "files.file_empty"
    remedy = Remedy("files.remedy.choose_file")


@dataclass(eq=False)
class FileTypeRefused(BusinessError):
    """By its content, the file is of a kind that is not kept here."""

    code = "files.file_type_refused"
    remedy = Remedy("files.remedy.save_as_other_type")
    name: str
    found: str


@dataclass(eq=False)
class FileNotReady(BusinessError):
    """The file has not been scanned yet."""

    code = "files.file_not_ready"
    remedy = Remedy("files.remedy.try_again_soon")
    name: str


@dataclass(eq=False)
class FileInfected(BusinessError):
    """The scanner found something in the file."""

    code = "files.file_infected"
    remedy = Remedy("files.remedy.ask_administrator")
    name: str


@dataclass(eq=False)
class FileMissing(BusinessError):
    """The row is there, the content is not: a restore was incomplete."""

    code = "files.file_missing"
    remedy = Remedy("files.remedy.ask_administrator")
    name: str
