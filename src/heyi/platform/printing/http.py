"""Paper over HTTP."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from heyi.platform.identity.api import auth
from heyi.platform.printing import forms

router = Router(tags=["print"], auth=auth)


class BatchIn(Schema):
    """Records to print into one PDF, in this order."""

    ids: list[int]


@router.get("/{screen}/{int:id}/print/{form}.pdf")
def print_one(request: HttpRequest, screen: str, id: int, form: str) -> HttpResponse:
    """One record on paper, as the signed-in person may see it, in their language."""
    return _answer(forms.print(form, screen, [id], request.actor), form, str(id))  # type: ignore[attr-defined]


@router.post("/{screen}/print/{form}.pdf")
def print_many(request: HttpRequest, screen: str, form: str, body: BatchIn) -> HttpResponse:
    """Many records in one PDF; each starts a page and counts its own."""
    return _answer(forms.print(form, screen, body.ids, request.actor), form, "batch")  # type: ignore[attr-defined]


def _answer(pdf: bytes, form: str, name: str) -> HttpResponse:
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{form}-{name}.pdf"'
    return answer
