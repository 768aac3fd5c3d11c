"""The Celery application: run as ``celery -A config.celery worker`` and ``… beat``."""

from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

from config import broker, env, startup
from config import heartbeats as _heartbeats  # noqa: F401 - its effect

env.default_settings("config.settings.dev")

# No statement of a stage takes longer than its lease, and no honest periodic job this long.
STATEMENT_SECONDS = 15 * 60
SHORTEST_IDLE_SECONDS = 15

broker.use_for_redis()
app = Celery("targeting")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The application of every thread, not only of the one that imports this: web requests send too.
app.set_default()


@worker_init.connect
@beat_init.connect
def check_before_work(**kwargs: Any) -> None:
    # What idles for longer has lost its lease: another worker waits for the rows that it locks.
    lease = settings.TARGETING["LEASE_SECONDS"]
    idle = max(SHORTEST_IDLE_SECONDS, 2 * lease)
    startup.limit_statements(seconds=STATEMENT_SECONDS, idle_seconds=idle)
    startup.refuse_wrong_database()


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Connected, this signal keeps Celery from replacing the handlers of LOGGING."""
