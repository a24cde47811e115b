"""The language of what is said before anybody is signed in, and by Django and allauth."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from heyi.platform.identity.actors import language_of
from heyi.platform.messages import negotiated

_DJANGO = {"zh_hant": "zh-hant", "zh_hans": "zh-hans", "en": "en"}


def language_for(request: HttpRequest) -> str:
    """The language a request wants: by header or parameter, else the browser's."""
    return negotiated(language_of(request), request.headers.get("Accept-Language", ""))


def spoken(respond: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware: let Django and allauth speak the language of the request."""

    def answer(request: HttpRequest) -> HttpResponse:
        with translation.override(_DJANGO[language_for(request)]):
            return respond(request)

    return answer
