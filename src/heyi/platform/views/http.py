"""Saved views over HTTP."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from heyi.platform.identity.api import auth
from heyi.platform.views import keeping

router = Router(tags=["views"], auth=auth)


class ColumnIn(Schema):
    """A column and how wide it is, in pixels; null lets the list decide."""

    path: str
    width: int | None = None


class ViewIn(Schema):
    name: str
    columns: list[ColumnIn]
    filter: dict[str, Any] = {}
    search: str = ""
    order: str = ""
    preset: str = ""
    shared: bool = False

    def wish(self) -> keeping.Wish:
        return keeping.Wish(**self.dict(exclude={"version"}))


class ViewChangeIn(ViewIn):
    version: int


class FirstIn(Schema):
    view: int | None


class ViewOut(Schema):
    """A view as one person gets it. `own`: may be changed; `first`: the list opens with it."""

    id: int
    version: int
    name: str
    columns: list[ColumnIn]
    filter: dict[str, Any]
    search: str
    order: str
    preset: str
    shared: bool
    own: bool
    first: bool

    @staticmethod
    def of(shown: keeping.Shown) -> "ViewOut":
        view = shown.view
        return ViewOut(
            id=view.pk, version=view.version, name=view.name, shared=view.shared,
            columns=[ColumnIn(**c) for c in shown.columns], filter=shown.filter,
            search=view.search, order=shown.order, preset=view.preset,
            own=shown.own, first=shown.first,
        )  # fmt: skip


@router.get("/{screen}", response=list[ViewOut])
def list_views(request: HttpRequest, screen: str) -> list[ViewOut]:
    """One's own views of a list and those shared with the company."""
    return [ViewOut.of(v) for v in keeping.views(screen, request.actor)]  # type: ignore[attr-defined]


@router.post("/{screen}", response={201: ViewOut})
def keep_view(request: HttpRequest, screen: str, body: ViewIn) -> Status[ViewOut]:
    """Keep the list as it looks now under a name."""
    return Status(201, ViewOut.of(keeping.keep(screen, body.wish(), actor=request.actor)))  # type: ignore[attr-defined]


@router.put("/{screen}/first", response={204: None})
def choose_first(request: HttpRequest, screen: str, body: FirstIn) -> Status[None]:
    """Open the list with this view from now on."""
    keeping.start_with(screen, body.view, actor=request.actor)  # type: ignore[attr-defined]
    return Status(204, None)


@router.put("/{screen}/{int:id}", response=ViewOut)
def change_view(request: HttpRequest, screen: str, id: int, body: ViewChangeIn) -> ViewOut:
    """Change a view of one's own."""
    changed = keeping.change(id, body.version, body.wish(), actor=request.actor)  # type: ignore[attr-defined]
    return ViewOut.of(changed)


@router.delete("/{screen}/{int:id}", response={204: None})
def remove_view(request: HttpRequest, screen: str, id: int) -> Status[None]:
    """Take a view of one's own away."""
    keeping.remove(id, actor=request.actor)  # type: ignore[attr-defined]
    return Status(204, None)
