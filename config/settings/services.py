"""Addresses and secrets: what differs from one installation to the next.

Variables come from the environment, from ``.env``, or from the embedded parts (``config.env``).
"""

from config import env
from config.settings import base

SECRET_KEY = env.secret("SECRET_KEY", shortest=50)

# The application's own role cannot create, alter or drop anything; ``manage.py migrate`` uses the
# owner's (docs/adr/0001-settings-roles-and-embedded-parts.md).
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASE_OWNER = env.database("DATABASE_OWNER_URL") if env.has("DATABASE_OWNER_URL") else None

CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL")

TARGETING = base.TARGETING | {
    "DRAW_SECRET": env.secret("TARGETING_DRAW_SECRET", shortest=32),
    "APP_ROLE": DATABASES["default"]["USER"],
}
