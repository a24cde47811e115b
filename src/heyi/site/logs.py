"""What the processes say, and under which trace: one line of JSON each, or colours on a terminal."""

import logging
import logging.config
import os
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

from heyi.platform.clock import ticks
from heyi.site import metrics

TRACE = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger("heyi.request")


def configure(settings: Mapping[str, Any]) -> None:
    """Send everything, structlog's and logging's, to stderr. Named by LOGGING_CONFIG."""
    on_terminal = sys.stderr.isatty() and os.environ.get("HEYI_LOG") != "json"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if on_terminal
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"heyi": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "heyi"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {"heyi": {"level": settings.get("level", "INFO")}},
        }
    )


def traced(respond: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware: give each request a trace id, the caller's if it sent one, and write it down.

    The id is in every line logged meanwhile, in `request.trace` and in the answer's Heyi-Trace.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("Heyi-Trace", "")
        trace = sent if TRACE.fullmatch(sent) else uuid4().hex
        request.trace = trace  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace=trace)
        began = ticks()
        response = respond(request)
        seconds = ticks() - began
        response["Heyi-Trace"] = trace
        route = request.resolver_match.route if request.resolver_match else "-"
        metrics.answered(request.method or "-", route, response.status_code, seconds)
        if request.path.startswith(("/api/", "/_allauth/")):
            actor = getattr(request, "actor", None)
            log.info(
                "answered",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=int(seconds * 1000),
                user=getattr(actor, "id", None),
                company=getattr(actor, "company", None),
            )
        return response

    return answer
