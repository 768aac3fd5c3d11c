"""Addresses and secrets: what differs from one installation to the next.

Variables come from the environment, from ``.env``, or from the embedded parts (``config.env``).
"""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings import base

_CONNECT_SECONDS = 10

# The application's own role cannot create, alter or drop anything; ``manage.py migrate`` uses the
# owner's (docs/adr/0001-settings-roles-and-embedded-parts.md).
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["OPTIONS"]["connect_timeout"] = _CONNECT_SECONDS
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 0,
    "timeout": _CONNECT_SECONDS,
    "max_size": env.integer("DATABASE_POOL_SIZE", default=8, low=1, high=200),
}
# An owner that the embedded parts wrote down owns nothing in a database that a person named.
DATABASE_OWNER = (
    env.database("DATABASE_OWNER_URL")
    if env.is_explicit("DATABASE_OWNER_URL") or not env.is_explicit("DATABASE_URL")
    else None
)
if DATABASE_OWNER and DATABASE_OWNER["NAME"] != DATABASES["default"]["NAME"]:
    raise ImproperlyConfigured(
        "DATABASE_OWNER_URL names another database than DATABASE_URL: only the role may differ."
    )

SECRET_KEY = env.secret("SECRET_KEY", shortest=50)
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL")

TARGETING = base.TARGETING | {
    "DRAW_SECRET": env.secret("TARGETING_DRAW_SECRET", shortest=32),
    "APP_ROLE": DATABASES["default"]["USER"],
    "CHUNK_SIZE": env.integer("TARGETING_CHUNK_SIZE", default=1000, low=1, high=100_000),
    "LEASE_SECONDS": env.integer("TARGETING_LEASE_SECONDS", default=120, low=1, high=86400),
    "WEB_URL": env.text("TARGETING_WEB_URL", default=""),
    "TRUSTED_PROXIES": env.integer("TARGETING_TRUSTED_PROXIES", default=0, low=0, high=10),
}
