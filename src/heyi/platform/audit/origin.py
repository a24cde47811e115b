"""Where a request comes from, known to everything done on its behalf."""

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

_ip: ContextVar[str] = ContextVar("heyi_ip", default="")


def remembered(respond: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware: remember the client's address while its request is worked on."""

    def answer(request: HttpRequest) -> HttpResponse:
        token = _ip.set(client_ip(request) or "")
        try:
            return respond(request)
        finally:
            _ip.reset(token)

    return answer


def ip() -> str:
    """The address the current request came from; empty in a worker or on the command line."""
    return _ip.get()


def trace() -> str:
    """The trace id the current work is logged under."""
    return str(structlog.contextvars.get_contextvars().get("trace", ""))


def client_ip(request: HttpRequest) -> str | None:
    """The address of the client itself. Behind `HEYI_TRUSTED_PROXIES` proxies of our own it is the
    entry the outermost of them wrote; what a client claims beyond that is not believed."""
    proxies = settings.HEYI_TRUSTED_PROXIES
    hops = request.headers.get("X-Forwarded-For", "").split(",") if proxies else []
    address = hops[-proxies] if len(hops) >= proxies > 0 else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(address.strip()))
    except ValueError:
        return None
