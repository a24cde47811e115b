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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "procrastinate.contrib.django",
    "heyi.platform",
    "heyi.platform.audit",
    "heyi.platform.identity",
    "heyi.platform.calendar",
    "heyi.platform.exceptions",
    "heyi.platform.jobs",
    "heyi.party",
    "heyi.product",
    "heyi.ledger",
    "heyi.purchase",
    "heyi.sales",
]
MIDDLEWARE: list[str] = [
    "heyi.platform.audit.origin.remembered",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
DATABASES = {"default": database(os.environ.get("HEYI_DATABASE_URL", "postgresql:///heyi"))}

# Signing in (platform.identity).
HEYI_TRUSTED_PROXIES = int(os.environ.get("HEYI_TRUSTED_PROXIES", "0"))
_HTTPS = os.environ.get("HEYI_HTTPS") == "1"
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_ENGINE = "heyi.platform.identity.sessions"
SESSION_COOKIE_NAME = "heyi_session"
SESSION_COOKIE_AGE = 7 * 24 * 3600  # a session is never older than this
HEYI_SESSION_IDLE_SECONDS = int(float(os.environ.get("HEYI_SESSION_HOURS", "12")) * 3600)
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
