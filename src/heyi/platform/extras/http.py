"""Declaring extra fields over HTTP."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from heyi.platform.extras import definitions
from heyi.platform.extras.models import Definition

router = Router(tags=["extra fields"])


class ChoiceIn(Schema):
    value: str
    texts: dict[str, str]
    retired: bool = False


class ExtraFieldIn(Schema):
    """A field as wanted. `key`, `kind` and `on` cannot change later."""

    key: str
    kind: Literal["text", "integer", "decimal", "date", "choice", "boolean"]
    texts: dict[str, str]
    on: Literal["header", "lines"] = "header"
    required: bool = False
    decimals: int | None = None
    max_length: int | None = None
    choices: list[ChoiceIn] = []
    place: int = 0
    retired: bool = False

    def wish(self) -> definitions.Wish:
        return definitions.Wish(**self.dict(exclude={"version"}))


class FieldChangeIn(ExtraFieldIn):
    version: int


class ExtraFieldOut(Schema):
    id: int
    version: int
    screen: str
    key: str
    on: str
    kind: str
    texts: dict[str, str]
    required: bool
    decimals: int | None
    max_length: int | None
    choices: list[dict[str, Any]]
    place: int
    retired: bool


@router.get("/{screen}", response=list[ExtraFieldOut])
def list_fields(request: HttpRequest, screen: str) -> list[Definition]:
    """The fields a company added to a screen, the retired too."""
    return definitions.definitions(screen, actor=request.actor)  # type: ignore[attr-defined]


@router.post("/{screen}", response={201: ExtraFieldOut})
def declare_field(request: HttpRequest, screen: str, body: ExtraFieldIn) -> Status[Definition]:
    """Add a field; it appears on the form, in lists, filters, export and import at once."""
    return Status(201, definitions.declare(screen, body.wish(), actor=request.actor))  # type: ignore[attr-defined]


@router.put("/{screen}/{int:id}", response=ExtraFieldOut)
def change_field(request: HttpRequest, screen: str, id: int, body: FieldChangeIn) -> Definition:
    """Change the words, limits, choices or order of a field, or retire it."""
    wish = body.wish()
    return definitions.change(id, body.version, wish, actor=request.actor)  # type: ignore[attr-defined]
