"""Figures for Prometheus at /metrics: to whoever holds the token, else to this machine only."""

import hmac
import os
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector

from heyi.platform.audit.origin import client_ip
from heyi.platform.rows import fetch

ANSWERS = Counter("heyi_answers", "Requests answered.", ("method", "route", "status"))
SECONDS = Histogram(
    "heyi_answer_seconds",
    "Time to answer a request.",
    ("route",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15),
)
LOOPBACK = {"127.0.0.1", "::1"}


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer. `route` is the pattern, not the address: there are few of them."""
    ANSWERS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def page(request: HttpRequest) -> HttpResponse:
    """/metrics. With HEYI_METRICS_TOKEN set, only `Authorization: Bearer <token>` opens it."""
    if not _allowed(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    text = generate_latest(registry)
    outside = CollectorRegistry()
    outside.register(_Database())
    return HttpResponse(text + generate_latest(outside), content_type=CONTENT_TYPE_LATEST)


def _allowed(request: HttpRequest) -> bool:
    if token := settings.HEYI_METRICS_TOKEN:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    forwarded = "X-Forwarded-For" in request.headers
    return client_ip(request) in LOOPBACK and not forwarded


class _Database(Collector):
    """What the database knows: whether it answers, its connections and the queue of jobs."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("heyi_database_up", "1 when the database answers.")
        connections = GaugeMetricFamily(
            "heyi_database_connections", "Connections by state.", labels=("state",)
        )
        jobs = GaugeMetricFamily("heyi_jobs", "Jobs in the queue by status.", labels=("status",))
        try:
            rows = fetch(
                "SELECT coalesce(state, '-'), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() GROUP BY 1"
            )
            for state, number in rows:
                connections.add_metric([state], number)
            rows = fetch(
                "SELECT status::text, count(*) FROM procrastinate_jobs"
                " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"
            )
            for status, number in rows:
                jobs.add_metric([status], number)
            up.add_metric([], 1)
        except DatabaseError:
            connection.close()
            up.add_metric([], 0)
        yield from (up, connections, jobs)
