"""What is the same in every installation, and needs no variable that may be missing.

Tools that import the code but run nothing (mypy, ``makemigrations --check``, ``collectstatic``
while an image is built) use this module as it is: it has no database, no secret and no broker.
"""

from pathlib import Path
from typing import Any

import pghistory
from kombu import Queue

from config import env
from config.logging import logging_settings
from config.settings.identity import *
from config.settings.security import *

BASE_DIR = env.PROJECT
DATA_DIR = env.data_dir()

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "config",
    "shipments",
    "risk",
    "targeting",
]
STATEMENT_SECONDS = 30
ANSWER_SECONDS = 60
# Where processes leave what they count for the one that is asked; None: each for itself.
METRICS_DIR: Path | None = None
# Who shows this token reads /metrics and all of /health/ready; empty: nobody does.
METRICS_TOKEN = ""
# Free bytes on the disks of data and uploads: with less we are not ready, or a warning is due.
LEAST_FREE_BYTES = 512 * 1024**2
LOW_FREE_BYTES = 5 * 1024**3
# The role that may migrate: see config.settings.services.
DATABASE_OWNER: dict[str, Any] | None = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "config.metrics.MetricsMiddleware",
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.headers.HeadersMiddleware",
    "config.compression.GzipOfTheApi",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "targeting.api.paths.IgnoreTrailingSlash",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "targeting.api.audit.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.second_factor.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the packages' own, so that ours replace them.
        "DIRS": [BASE_DIR / "targeting" / "workbench" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("kk", "Қазақша")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "targeting" / "workbench" / "static"]
STATIC_ROOT: Path | None = env.directory("TARGETING_STATIC_DIR", default=DATA_DIR / "static")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # The same folder for web and workers of all hosts: any of them may read any file.
        "OPTIONS": {
            "location": env.directory("TARGETING_UPLOADS_DIR", default=DATA_DIR / "uploads")
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "targeting.api.authentication.ClientAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["targeting.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["targeting.api.json_body.BoundedJsonParser"],
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.OrderingFilter",
    ],
    "DEFAULT_PAGINATION_CLASS": "targeting.api.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "targeting.api.errors.problem_exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Targeting Centre API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # The description of the API is public, so reading it never depends on a token being valid.
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Fields of several requests called `kind`, with these choices.
    "ENUM_NAME_OVERRIDES": {"IdentifierKindEnum": "shipments.models.choices.IDENTIFIER_KINDS"},
}

# The path of the admin, below the root; a name nobody guesses keeps scanners out of the log.
ADMIN_PATH = "admin/"

# Rows of history are looked up by what they are the history of, never by what that points to.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

TARGETING: dict[str, Any] = {
    "SWEEP_SECONDS": 10,
    "SEAL_SECONDS": 10,
    "CHECK_AUDIT_SECONDS": 3600,
    "CLEAR_SECONDS": 3600,
    "ORPHANS_SECONDS": 86400,
    # For how long an amendment that says only what changes waits for the version before it.
    "AMENDMENT_DAYS": 90,
    "LAPSE_SECONDS": 3600,
    "COMPRESS_SECONDS": 300,
    "RETENTION_SECONDS": 3600,
    "PARTITIONS_SECONDS": 3600,
    # Months until a message as it came, what we thought of a declaration, and the declaration
    # itself are removed; 0 is never.
    "RETENTION_MONTHS": {"raw": 0, "match": 0, "declaration": 0},
    # Proxies in front that append to X-Forwarded-For: whose word on the caller's address counts.
    "TRUSTED_PROXIES": 0,
    "OFFICE_TIME_ZONE": "Asia/Almaty",
    # The random draw: how far ahead the digests of days' keys are told, and for how many whole
    # days after its own a key stays secret.
    "DRAW_DAYS_AHEAD": 31,
    "DRAW_KEY_DAYS": 7,
    "DRAW_SECONDS": 3600,
    # How long offices have to acknowledge a lane, in minutes of their hours; others have no time.
    "OFFICE_HOURS": "mon-fri 09:00-18:30",
    "HOLIDAYS": [],
    "ACKNOWLEDGE_MINUTES": "red=60, yellow=240",
    # How long analysts have to decide on an alert, in the same minutes.
    "DECIDE_MINUTES": "red=240, yellow=1140, blue=2850",
    # A client's and a person's; a kind of client or a role named here has its own.
    "REQUESTS_PER_MINUTE": {"client": 1200, "person": 600},
    # Wrong tokens and secrets from one address, before nothing of it is looked at for a while.
    "FAILURES_PER_MINUTE": 30,
    # For how long an alert is its assignee's without a move.
    "ALERT_HOLD_MINUTES": 240,
    # Entries that come into force within so many days are shown as upcoming.
    "UPCOMING_DAYS": 60,
    # Whose law holds at the offices: what its lists exempt of small quantities is exempted.
    "JURISDICTIONS": ["KZ", "EAEU"],
    "REMIND_SECONDS": 300,
    "REASSESS_SECONDS": 60,
    "OUTBOX_SECONDS": 15,
    "WEBHOOK_SECONDS": 5,
    # How often beat looks whether watched searches find more.
    "SEARCH_SECONDS": 60,
    # Networks (CIDR) into which webhooks go although they are not public, also without encryption.
    "WEBHOOK_NETWORKS": [],
    # How often texts that came since are made findable for look-backs.
    "INDEX_SECONDS": 60,
    "FOLD_SECONDS": 300,
    # How often beat looks whether a month began whose trader categories are not computed.
    "CATEGORIES_SECONDS": 3600,
    # How often beat measures the whole network anew, once a day, and otherwise adds what came.
    "NETWORK_SECONDS": 600,
    # How often beat looks whether declarations of the last days are like those that learned models
    # were trained on.
    "DRIFT_SECONDS": 24 * 3600,
    "DRIFT_DAYS": 30,
    # How far a list that changed is held against declarations from before, and a draft by itself.
    "LOOK_BACK_MONTHS": 24,
    "SIMULATION_DAYS": 90,
    # A sheet of so many rows is written while one waits; a longer one is an export in the
    # background, kept for so many hours.
    "SHEET_ROWS_AT_ONCE": 5_000,
    "EXPORT_HOURS": 24,
    # A file of declarations; what is larger is refused with 413.
    "MAX_UPLOAD_BYTES": 1024**3,
    # What may wait of large files before further ones are refused with 429.
    "MAX_BACKLOG_BYTES": 4 * 1024**3,
    "FIXTURES_DIR": BASE_DIR / "fixtures",
}

CELERY_IMPORTS = ("targeting.tasks",)
# A worker that names no queue takes from all, in this order, as the transport's strategy says.
CELERY_TASK_QUEUES = [Queue("quick"), Queue("chores"), Queue("targeting")]
CELERY_TASK_DEFAULT_QUEUE = "targeting"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# After this time Redis hands an unacknowledged message to another worker. Longer than any stage
# runs; the sweep, not this, is what finds the work of a killed worker quickly.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "queue_order_strategy": "priority",
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "targeting.tasks.sweep",
        "schedule": TARGETING["SWEEP_SECONDS"],
        "options": {"queue": "quick", "expires": TARGETING["SWEEP_SECONDS"]},
    },
    "seal_audit": {
        "task": "targeting.tasks.seal_audit",
        "schedule": TARGETING["SEAL_SECONDS"],
        "options": {"queue": "quick", "expires": TARGETING["SEAL_SECONDS"]},
    },
    "reassess_after_registers": {
        "task": "targeting.tasks.reassess_after_registers",
        "schedule": TARGETING["REASSESS_SECONDS"],
        "options": {"expires": TARGETING["REASSESS_SECONDS"]},
    },
    "deliver_outbox": {
        "task": "targeting.tasks.deliver_outbox",
        "schedule": TARGETING["OUTBOX_SECONDS"],
        # Not behind large files, nor where a slow mail server would hold up declarations.
        "options": {"queue": "chores", "expires": TARGETING["OUTBOX_SECONDS"]},
    },
    "deliver_webhooks": {
        "task": "targeting.tasks.deliver_webhooks",
        "schedule": TARGETING["WEBHOOK_SECONDS"],
        # Not behind large files: lanes are told of. An endpoint that hangs waits in a thread.
        "options": {"queue": "quick", "expires": TARGETING["WEBHOOK_SECONDS"]},
    },
    "look_at_searches": {
        "task": "targeting.tasks.look_at_searches",
        "schedule": TARGETING["SEARCH_SECONDS"],
        "options": {"queue": "chores", "expires": TARGETING["SEARCH_SECONDS"]},
    },
    "index_goods_texts": {
        "task": "targeting.tasks.index_goods_texts",
        "schedule": TARGETING["INDEX_SECONDS"],
        "options": {"expires": TARGETING["INDEX_SECONDS"]},
    },
    "fold_parties": {
        "task": "targeting.tasks.fold_parties",
        "schedule": TARGETING["FOLD_SECONDS"],
        "options": {"expires": TARGETING["FOLD_SECONDS"]},
    },
    "categorise_traders": {
        "task": "targeting.tasks.categorise_traders",
        "schedule": TARGETING["CATEGORIES_SECONDS"],
        "options": {"expires": TARGETING["CATEGORIES_SECONDS"]},
    },
    "measure_network": {
        "task": "targeting.tasks.measure_network",
        "schedule": TARGETING["NETWORK_SECONDS"],
        "options": {"expires": TARGETING["NETWORK_SECONDS"]},
    },
    "check_model_drift": {
        "task": "targeting.tasks.check_model_drift",
        "schedule": TARGETING["DRIFT_SECONDS"],
        "options": {"expires": TARGETING["DRIFT_SECONDS"]},
    },
    "check_audit": {
        "task": "targeting.tasks.check_audit",
        "schedule": TARGETING["CHECK_AUDIT_SECONDS"],
        "options": {"expires": TARGETING["CHECK_AUDIT_SECONDS"]},
    },
    "clear_expired": {
        "task": "targeting.tasks.clear_expired",
        "schedule": TARGETING["CLEAR_SECONDS"],
        "options": {"expires": TARGETING["CLEAR_SECONDS"]},
    },
    "remove_orphaned_files": {
        "task": "targeting.tasks.remove_orphaned_files",
        "schedule": TARGETING["ORPHANS_SECONDS"],
        "options": {"expires": TARGETING["ORPHANS_SECONDS"]},
    },
    "lapse_amendments": {
        "task": "targeting.tasks.lapse_amendments",
        "schedule": TARGETING["LAPSE_SECONDS"],
        "options": {"expires": TARGETING["LAPSE_SECONDS"]},
    },
    "compress_raw_messages": {
        "task": "targeting.tasks.compress_raw_messages",
        "schedule": TARGETING["COMPRESS_SECONDS"],
        "options": {"expires": TARGETING["COMPRESS_SECONDS"]},
    },
    "keep_partitions": {
        "task": "targeting.tasks.keep_partitions",
        "schedule": TARGETING["PARTITIONS_SECONDS"],
        "options": {"expires": TARGETING["PARTITIONS_SECONDS"]},
    },
    "publish_draws": {
        "task": "targeting.tasks.publish_draws",
        "schedule": TARGETING["DRAW_SECONDS"],
        "options": {"expires": TARGETING["DRAW_SECONDS"]},
    },
    "remind_of_questions": {
        "task": "targeting.tasks.remind_of_questions",
        "schedule": TARGETING["REMIND_SECONDS"],
        "options": {"queue": "chores", "expires": TARGETING["REMIND_SECONDS"]},
    },
    "remove_what_is_due": {
        "task": "targeting.tasks.remove_what_is_due",
        "schedule": TARGETING["RETENTION_SECONDS"],
        "options": {"expires": TARGETING["RETENTION_SECONDS"]},
    },
}

LOGGING = logging_settings(json=True)
