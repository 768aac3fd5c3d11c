"""Addresses and secrets: what differs from one installation to the next.

Variables come from the environment, from ``.env``, or from the embedded parts (``config.env``).
"""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env, prepared, standing_back
from config.settings import base
from risk.domain.profile import Lane
from shipments.domain.errors import InvalidValue
from targeting.domain.addresses import networks_of
from targeting.domain.errors import InvalidSetting
from targeting.domain.office_hours import read_minutes, read_office_hours

_CONNECT_SECONDS = 10

# A web request's statement is ended after this time (config/startup.py).
STATEMENT_SECONDS = env.integer("DATABASE_STATEMENT_SECONDS", default=30, low=1, high=600)
# From the end of a request's body to the beginning of its answer, else 503 (config/limits.py).
ANSWER_SECONDS = env.integer("TARGETING_ANSWER_SECONDS", default=60, low=1, high=3600)

# The application's own role cannot create, alter or drop anything; ``manage.py migrate`` uses the
# owner's (docs/adr/0001-settings-roles-and-embedded-parts.md).
# The part ``quick`` asks for prepared statements.
_PREPARED_STATEMENTS = env.integer("DATABASE_PREPARED_STATEMENTS", default=0, low=0, high=10_000)
DATABASES = {
    "default": prepared.settings_of(env.database("DATABASE_URL"), count=_PREPARED_STATEMENTS)
}
DATABASES["default"][standing_back.NICENESS] = env.integer(
    "DATABASE_SERVER_NICENESS", default=0, low=0, high=19
)
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
# Older keys that still read what was signed or sealed with them; with commas.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL")
METRICS_TOKEN = env.optional_secret("TARGETING_METRICS_TOKEN", shortest=32)

# Counters of limits and codes that were used once: shared by all processes.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.cache("CACHE_URL", broker=CELERY_BROKER_URL),
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

# Invitations and links for a forgotten password; files on a machine without a mail server.
EMAIL = env.mail("EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = base.DATA_DIR / "mail"
EMAIL_HOST, EMAIL_PORT = EMAIL.get("host", ""), EMAIL.get("port", 0)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL.get("user", ""), EMAIL.get("password", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.get("scheme") == "smtp", EMAIL.get("scheme") == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", default="targeting-centre@localhost")

# People: what an installation may choose.
ADMIN_PATH = env.text("TARGETING_ADMIN_PATH", default=base.ADMIN_PATH).strip("/") + "/"
SECOND_FACTOR = {
    "REQUIRED": env.boolean("TARGETING_REQUIRE_SECOND_FACTOR", default=True),
    "SESSION_HOURS": env.integer("TARGETING_SESSION_HOURS", default=12, low=1, high=72),
}
SESSION_COOKIE_AGE = 60 * env.integer("TARGETING_IDLE_MINUTES", default=30, low=5, high=720)
if env.boolean("TARGETING_SECURITY_KEYS", default=False):
    MFA_SUPPORTED_TYPES = [*base.MFA_SUPPORTED_TYPES, "webauthn"]
SOCIALACCOUNT_PROVIDERS = {"openid_connect": env.openid_connect()}
for _application in SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
    # The sign-in form ends on the provider's page.
    base.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(
        "{0.scheme}://{0.netloc}".format(urlsplit(_application["settings"]["server_url"]))
    )

TARGETING = base.TARGETING | {
    "RETENTION_MONTHS": {
        "raw": env.integer("TARGETING_KEEP_RAW_MONTHS", default=0, low=0, high=1200),
        "match": env.integer("TARGETING_KEEP_MATCH_MONTHS", default=0, low=0, high=1200),
        "declaration": env.integer(
            "TARGETING_KEEP_DECLARATION_MONTHS", default=0, low=0, high=1200
        ),
    },
    "AMENDMENT_DAYS": env.integer("TARGETING_AMENDMENT_DAYS", default=90, low=1, high=3650),
    "DRAW_SECRET": env.secret("TARGETING_DRAW_SECRET", shortest=32),
    "DRAW_KEY_DAYS": env.integer("TARGETING_DRAW_KEY_DAYS", default=7, low=0, high=3650),
    "APP_ROLE": DATABASES["default"]["USER"],
    "MAX_UPLOAD_BYTES": 1024**2
    * env.integer("TARGETING_MAX_UPLOAD_MB", default=1024, low=1, high=4096),
    "CHUNK_SIZE": env.integer("TARGETING_CHUNK_SIZE", default=1000, low=1, high=100_000),
    "LEASE_SECONDS": env.integer("TARGETING_LEASE_SECONDS", default=120, low=1, high=86400),
    "LISTS_SECONDS": env.integer("TARGETING_LISTS_SECONDS", default=300, low=10, high=86400),
    "WEB_URL": env.text("TARGETING_WEB_URL", default=""),
    "OFFICE_HOURS": env.text("TARGETING_OFFICE_HOURS", default=base.TARGETING["OFFICE_HOURS"]),
    "HOLIDAYS": env.words("TARGETING_HOLIDAYS"),
    "JURISDICTIONS": env.words(
        "TARGETING_JURISDICTIONS", default=tuple(base.TARGETING["JURISDICTIONS"])
    ),
    "ACKNOWLEDGE_MINUTES": env.text(
        "TARGETING_ACKNOWLEDGE_MINUTES", default=base.TARGETING["ACKNOWLEDGE_MINUTES"]
    ),
    "DECIDE_MINUTES": env.text(
        "TARGETING_DECIDE_MINUTES", default=base.TARGETING["DECIDE_MINUTES"]
    ),
    "WEBHOOK_NETWORKS": env.words("TARGETING_WEBHOOK_NETWORKS"),
    "TRUSTED_PROXIES": env.integer("TARGETING_TRUSTED_PROXIES", default=0, low=0, high=10),
}
CELERY_BEAT_SCHEDULE = base.CELERY_BEAT_SCHEDULE | {
    "bring_lists_into_force": {
        "task": "targeting.tasks.bring_lists_into_force",
        "schedule": TARGETING["LISTS_SECONDS"],
        "options": {"expires": TARGETING["LISTS_SECONDS"]},
    },
    "activate_profiles": {
        "task": "targeting.tasks.activate_profiles",
        "schedule": TARGETING["LISTS_SECONDS"],
        "options": {"expires": TARGETING["LISTS_SECONDS"]},
    },
}
try:
    networks_of(TARGETING["WEBHOOK_NETWORKS"])
except InvalidValue as error:
    raise ImproperlyConfigured(
        f"TARGETING_WEBHOOK_NETWORKS holds {error.params['value']!r}:"
        f" {error.params['allowed']} is allowed."
    ) from None
try:
    read_office_hours(
        TARGETING["OFFICE_HOURS"],
        zone=TARGETING["OFFICE_TIME_ZONE"],
        holidays=TARGETING["HOLIDAYS"],
    )
    for _minutes in ("ACKNOWLEDGE_MINUTES", "DECIDE_MINUTES"):
        read_minutes(TARGETING[_minutes], names=Lane)
except InvalidSetting as error:
    raise ImproperlyConfigured(
        f"TARGETING_OFFICE_HOURS, TARGETING_HOLIDAYS, TARGETING_ACKNOWLEDGE_MINUTES or"
        f" TARGETING_DECIDE_MINUTES is {error.params['value']!r}:"
        f" {error.params['allowed']} is allowed."
    ) from None
