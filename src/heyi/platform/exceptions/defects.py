"""What nobody foresaw: every unhandled error of a request is a case, one per place in the code."""

import traceback

import structlog
from django.db import DatabaseError, transaction

from heyi.platform.access import Actor
from heyi.platform.exceptions.cases import open as open_case
from heyi.platform.exceptions.kinds import ExceptionKind

log = structlog.get_logger(__name__)
DEFECT = ExceptionKind(
    "platform.defect", kind="system", owner="system.administrator", due_hours=4,
    severity="major", screens=("exceptions.case",),
)  # fmt: skip


def report(error: Exception, *, trace: str, path: str, actor: Actor | None) -> None:
    """Open or join the case of an unhandled error. Keeps its kind and place, never its values."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{'/'.join(frames[-1].filename.split('/')[-3:])}:{frames[-1].lineno}" if frames else ""
    kind = type(error).__name__
    try:
        with transaction.atomic():
            open_case(
                DEFECT.code,
                [("platform.trace", trace)],
                {"error": kind, "place": place, "path": path[:200], "trace": trace},
                company=None,
                actor=actor,
                same=f"{kind}|{place}",
                trace=trace,
            )
    except DatabaseError:
        log.error("defect_not_recorded", trace=trace, exc_info=True)
