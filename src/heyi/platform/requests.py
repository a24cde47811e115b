"""What an endpoint gets."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import AfterValidator, Field

from heyi.platform.access import Actor

LARGEST_KEY = 2**63 - 1


class Request(HttpRequest):
    """A request of somebody signed in. The API's auth sets who they are."""

    actor: Actor


def _printable(text: str) -> str:
    if not all(c.isprintable() or c in "\r\n\t" for c in text):
        raise ValueError("holds characters nobody can see or type")
    return text


Key = Annotated[int, Field(ge=0, le=LARGEST_KEY)]  # the id of a row
Words = Annotated[str, Field(max_length=2000), AfterValidator(_printable)]  # what a person wrote
