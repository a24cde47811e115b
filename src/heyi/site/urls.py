"""Addresses: the API, signing in, what machines ask, and the UI for everything else."""

from django.urls import URLPattern, URLResolver, include, path

from heyi.platform.http import api
from heyi.site import health, metrics, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    path("_allauth/", include("heyi.platform.identity.urls")),
    path("healthz", health.page),
    path("metrics", metrics.page),
    path("static/<path:path>", pages.docs),
    path("", pages.app),
    path("<path:path>", pages.app),
]
