"""Production: every address and secret given explicitly, behind a proxy that speaks TLS."""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *
from config.settings.services import *

env.require_explicit(
    "SECRET_KEY",
    "TARGETING_DRAW_SECRET",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "ALLOWED_HOSTS",
    "TARGETING_DATA_DIR",
)
if env.boolean("DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG is true: production settings allow only false.")

if not SECOND_FACTOR["REQUIRED"]:
    raise ImproperlyConfigured(
        "TARGETING_REQUIRE_SECOND_FACTOR is false: production settings allow only true."
    )

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty or has '*': host names are allowed.")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The prefix makes browsers refuse such a cookie from a neighbour or without TLS.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

METRICS_DIR = DATA_DIR / "metrics"
