"""The Celery application: run as ``celery -A config.celery worker`` and ``… beat``."""

from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

from config import env, startup

env.default_settings("config.settings.dev")

# No statement of a stage takes longer than its lease, and no honest periodic job this long.
STATEMENT_SECONDS = 15 * 60

app = Celery("targeting")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The application of every thread, not only of the one that imports this: web requests send too.
app.set_default()


@worker_init.connect
@beat_init.connect
def check_before_work(**kwargs: Any) -> None:
    startup.limit_statements(seconds=STATEMENT_SECONDS)
    startup.refuse_wrong_database()


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Connected, this signal keeps Celery from replacing the handlers of LOGGING."""
