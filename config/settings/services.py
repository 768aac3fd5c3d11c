"""Addresses and secrets: what differs from one installation to the next.

Variables come from the environment, from ``.env``, or from the embedded parts (``config.env``).
"""

from config import env
from config.settings import base

# The application's own role cannot create, alter or drop anything; ``manage.py migrate`` uses the
# owner's (docs/adr/0001-settings-roles-and-embedded-parts.md).
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 0,
    "max_size": env.integer("DATABASE_POOL_SIZE", default=8, low=1, high=200),
}
DATABASE_OWNER = env.database("DATABASE_OWNER_URL") if env.has("DATABASE_OWNER_URL") else None

SECRET_KEY = env.secret("SECRET_KEY", shortest=50)
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL")

TARGETING = base.TARGETING | {
    "DRAW_SECRET": env.secret("TARGETING_DRAW_SECRET", shortest=32),
    "APP_ROLE": DATABASES["default"]["USER"],
}
