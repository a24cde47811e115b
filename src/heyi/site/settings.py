"""Django's settings. What differs between installations comes from HEYI_* variables."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

HOME = Path(os.environ.get("HEYI_HOME") or Path.home() / ".heyi")


def database(url: str) -> dict[str, object]:
    """Connection settings from `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Statements are few and their texts never change: bind on the server and keep them
            # prepared. Behind PgBouncer this needs 1.21 or newer with max_prepared_statements.
            "server_side_binding": True,
            "prepare_threshold": 2,
            "options": "-c jit=off -c plan_cache_mode=force_generic_plan",
            **options,
        },
    }


SECRET_KEY = os.environ.get("HEYI_SECRET_KEY") or "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "heyi.site.urls"
WSGI_APPLICATION = "heyi.site.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "procrastinate.contrib.django",
    "heyi.platform",
    "heyi.party",
    "heyi.product",
    "heyi.ledger",
    "heyi.purchase",
    "heyi.sales",
]
MIDDLEWARE: list[str] = []
DATABASES = {"default": database(os.environ.get("HEYI_DATABASE_URL", "postgresql:///heyi"))}
