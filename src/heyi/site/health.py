"""/healthz: 200 when this process can do its work, else 503 and why."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from heyi import __version__
from heyi.site import schema

_known_current = False


def page(request: HttpRequest) -> JsonResponse:
    """Ready means: the database answers and its tables are those of this release."""
    global _known_current
    try:
        if not _known_current:
            _known_current = schema.current()
        else:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return _answer(503, "database unreachable")
    if not _known_current:
        return _answer(503, "tables not up to date: run heyi upgrade")
    return _answer(200, "ready")


def _answer(status: int, state: str) -> JsonResponse:
    answer = JsonResponse(
        {"ok": status == 200, "state": state, "release": __version__}, status=status
    )
    answer["Cache-Control"] = "no-store"
    return answer
