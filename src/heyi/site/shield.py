"""What a browser may do with our pages: run only our scripts, show only our things, in no frame."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # The UI library writes its styles at run time.
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
ASKED_BY_ADDRESS = ("/healthz", "/metrics")
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


def shielded(respond: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware: the headers Django does not set by itself; answers of the API are not stored.

    A request for a host that is none of ours gets 400: a page elsewhere may have given this
    machine another name. Balancers and Prometheus ask by address.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path not in ASKED_BY_ADDRESS:
            request.get_host()
        response = respond(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith(("/api/", "/_allauth/")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer
