"""One machine: development, the demonstration, ``make up``."""

from config import env
from config.logging import logging_settings
from config.settings.base import *
from config.settings.services import *

# Off unless asked for: with DEBUG Django remembers every query, which a worker cannot afford.
DEBUG = env.boolean("DEBUG", default=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# Static files come straight from the packages: nothing to collect on one machine.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True

METRICS_DIR = DATA_DIR / "metrics"

LOGGING = logging_settings(json=False)
