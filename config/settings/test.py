"""Tests: PostgreSQL for real, as the owner of a database of their own; no broker, no worker."""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.logging import logging_settings
from config.settings.base import *
from config.settings.services import *

if DATABASE_OWNER is None:
    raise ImproperlyConfigured(
        "DATABASE_OWNER_URL is not set: it is what creates the test database."
    )
_test_database = env.text("TARGETING_TEST_DATABASE", default="test_targeting")
DATABASES = {"default": DATABASE_OWNER | {"TEST": {"NAME": _test_database}}}

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True

# A Redis for real, another database of it; a prefix of their own for those who share it.
CACHES["default"]["LOCATION"] = CACHES["default"]["LOCATION"].rpartition("/")[0] + "/14"
CACHES["default"]["KEY_PREFIX"] = _test_database

# Declarations of fixed days are drawn by the keys of those days, whatever day the tests run on.
TARGETING |= {"DRAW_KEY_DAYS": 3650}

# What is sent goes nowhere; a test that needs a worker starts one (``tests/conftest.py``).
CELERY_BROKER_URL = "memory://"

LOGGING = logging_settings(json=False)
