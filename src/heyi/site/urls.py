from django.urls import URLPattern, URLResolver, include, path

from heyi.platform.http import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    path("_allauth/", include("heyi.platform.identity.urls")),
]
