"""Django's settings. What differs between installations comes from HEYI_* variables."""

import os
import secrets
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

HOME = Path(os.environ.get("HEYI_HOME") or Path.home() / ".heyi")
HEYI_FILES = HOME / "files"  # attachments


def database(url: str) -> dict[str, Any]:
    """Connection settings from `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    pool = int(os.environ.get("HEYI_DATABASE_POOL") or "0")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", str(parts.port or "")),
        # A web worker's threads share a pool; anything else keeps the connection it has.
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": bool(pool),  # nobody meets a connection the server has dropped
        "OPTIONS": {
            # Statements are few and their texts never change: bind on the server and keep them
            # prepared. Behind PgBouncer this needs 1.21 or newer with max_prepared_statements.
            "server_side_binding": True,
            "prepare_threshold": 2,
            "options": "-c jit=off -c plan_cache_mode=force_generic_plan",
            **({"pool": {"min_size": 1, "max_size": pool, "timeout": 10}} if pool else {}),
            **options,
        },
    }


def _own_names() -> list[str]:
    """The names under which this machine is asked for: loopback, and its own when it listens."""
    host = os.environ.get("HEYI_HOST") or "127.0.0.1"
    names = {"localhost", "127.0.0.1", "[::1]"}
    if host in ("0.0.0.0", "::"):
        names |= {socket.gethostname(), socket.getfqdn()}
        try:
            found = socket.getaddrinfo(socket.gethostname(), None)
            names |= {str(address[4][0]).partition("%")[0] for address in found}
        except OSError:
            pass
    else:
        names.add(host)
    if (url := urlsplit(os.environ.get("HEYI_URL", ""))).hostname:
        names.add(url.hostname)
    return sorted(f"[{n}]" if ":" in n and not n.startswith("[") else n for n in names)


# Processes that share sessions share the key: `heyi` hands it on, several machines set it.
SECRET_KEY = os.environ.get("HEYI_SECRET_KEY") or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = [
    name for name in os.environ.get("HEYI_ALLOWED_HOSTS", "").split(",") if name
] or _own_names()
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "heyi.site.urls"
WSGI_APPLICATION = "heyi.site.wsgi.application"
LOGGING_CONFIG = "heyi.site.logs.configure"
LOGGING = {"level": os.environ.get("HEYI_LOG_LEVEL", "INFO")}
STATIC_URL = "/static/"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
HEYI_METRICS_TOKEN = os.environ.get("HEYI_METRICS_TOKEN", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20
FILE_UPLOAD_HANDLERS = ["heyi.platform.files.uploads.LimitedUploadHandler"]
HEYI_ATTACHMENT_MB = int(os.environ.get("HEYI_ATTACHMENT_MB") or "25")
HEYI_SCAN_COMMAND = os.environ.get("HEYI_SCAN_COMMAND", "")  # of attachments; see files/scanning

# Browsers: see site/shield.py for the rest of the headers.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "ninja",
    "procrastinate.contrib.django",
    "heyi.platform",
    "heyi.platform.audit",
    "heyi.platform.identity",
    "heyi.platform.people",
    "heyi.platform.calendar",
    "heyi.platform.exceptions",
    "heyi.platform.jobs",
    "heyi.platform.inbox",
    "heyi.platform.approvals",
    "heyi.platform.comments",
    "heyi.platform.files",
    "heyi.platform.mail",
    "heyi.platform.extras",
    "heyi.platform.exports",
    "heyi.platform.printing",
    "heyi.platform.views",
    "heyi.platform.imports",
    "heyi.party",
    "heyi.product",
    "heyi.ledger",
    "heyi.purchase",
    "heyi.sales",
]
MIDDLEWARE: list[str] = [
    "heyi.site.logs.traced",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "heyi.site.shield.shielded",
    "django.middleware.gzip.GZipMiddleware",
    "heyi.platform.audit.origin.remembered",
    "heyi.platform.identity.speech.spoken",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
DATABASES = {"default": database(os.environ.get("HEYI_DATABASE_URL", "postgresql:///heyi"))}

# Signing in (platform.identity).
HEYI_URL = (
    os.environ.get("HEYI_URL") or f"http://127.0.0.1:{os.environ.get('HEYI_PORT') or '8000'}"
).rstrip("/")
HEYI_TRUSTED_PROXIES = int(os.environ.get("HEYI_TRUSTED_PROXIES", "0"))
_HTTPS = HEYI_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HEYI_TRUSTED_PROXIES else None
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
SESSION_ENGINE = "heyi.platform.identity.sessions"
SESSION_COOKIE_NAME = "heyi_session"
SESSION_COOKIE_AGE = 7 * 24 * 3600  # a session is never older than this
HEYI_SESSION_IDLE_SECONDS = int(float(os.environ.get("HEYI_SESSION_HOURS", "12")) * 3600)
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "heyi.platform.identity.sign_in.origin_unproven"
CSRF_TRUSTED_ORIGINS = [HEYI_URL]
ACCOUNT_ADAPTER = "heyi.platform.identity.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True
# Passwords are counted in `identity.attempts`; "login_failed" limits second factors.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/15m/key",
    "change_password": "10/15m/user",
    "reset_password": "100/m/ip,5/h/key",
    "reset_password_from_key": "60/m/ip",
}
MFA_ADAPTER = "heyi.platform.identity.sign_in.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Heyi"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_ADAPTER = "heyi.platform.identity.sign_in.HeadlessAdapter"
CACHES = {
    "default": {  # used one-time codes and rate limits: known to every process
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "identity_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Mail. Without a server, mails are files in HEYI_HOME/mail.
EMAIL_HOST = os.environ.get("HEYI_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("HEYI_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("HEYI_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("HEYI_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("HEYI_SMTP_SECURITY") == "starttls"
EMAIL_USE_SSL = os.environ.get("HEYI_SMTP_SECURITY") == "ssl"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("HEYI_SMTP_FROM", "Heyi <heyi@localhost>")
