"""The web application, as granian's workers load it."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heyi.site.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  Load everything now, not with the first request.
