"""Why a field cannot be declared like that."""

from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class KeyMalformed(BusinessError):
    """A key is lower case letters, digits and underscores, a letter first, 32 at most."""

    code = "extras.key_malformed"
    remedy = Remedy("extras.remedy.choose_key")
    key: str


@dataclass(eq=False)
class FieldExists(BusinessError):
    """Also a retired field keeps its key: its values are still there."""

    code = "extras.field_exists"
    remedy = Remedy("extras.remedy.choose_key")
    key: str


@dataclass(eq=False)
class WordsMissing(BusinessError):
    """A label or a choice lacks words in a language the product speaks."""

    code = "extras.words_missing"
    languages: list[str]


@dataclass(eq=False)
class FieldMalformed(BusinessError):
    """The kind and its limits do not fit together; `field` names the part."""

    code = "extras.field_malformed"
    field: str


@dataclass(eq=False)
class KindFixed(BusinessError):
    """Values were written under the kind, so it stays."""

    code = "extras.kind_fixed"
    remedy = Remedy("extras.remedy.retire_and_add")
    key: str
    written_as: str


@dataclass(eq=False)
class ChoiceUsed(BusinessError):
    """A choice may be retired, not taken away."""

    code = "extras.choice_removed"
    remedy = Remedy("extras.remedy.retire_choice")
    values: list[str]


@dataclass(eq=False)
class NoPlaceForFields(BusinessError):
    """The screen has no `extra` column there, or is not a screen at all."""

    code = "extras.no_place"
    screen: str


@dataclass(eq=False)
class TooManyFields(BusinessError):
    code = "extras.too_many"
    most: int


@dataclass(eq=False)
class DefinitionStale(BusinessError):
    """Somebody changed the definition in the meantime."""

    code = "extras.definition_stale"
    kind = "conflict"
    remedy = Remedy("extras.remedy.reload")
    key: str
