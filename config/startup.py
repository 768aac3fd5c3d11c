"""The first thing that every long-running process does."""

import sys

import django
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured

from config import env


def start() -> None:
    """Set Django up to serve requests, prove the database right, or leave with one sentence.

    Raises SystemExit: a process with a wrong setting must stop, not answer wrongly.
    """
    env.default_settings("config.settings.dev")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    limit_statements(seconds=settings.STATEMENT_SECONDS)
    refuse_wrong_database()


def refuse_wrong_database() -> None:
    """Leave with a sentence unless the checks of ``config.checks`` pass."""
    errors = run_checks(tags=[Tags.database], databases=["default"])
    if errors:
        sys.exit("\n".join(f"{error.msg} {error.hint or ''}" for error in errors))


def limit_statements(*, seconds: int) -> None:
    """End every statement of this process that takes longer. Before the first connection.

    A transaction that idles for twice as long loses its connection: whatever it locked is free.
    """
    options = settings.DATABASES["default"]["OPTIONS"]
    limits = {
        "statement_timeout": seconds * 1000,
        "idle_in_transaction_session_timeout": 2 * seconds * 1000,
    }
    words = [options.get("options", ""), *(f"-c {name}={ms}" for name, ms in limits.items())]
    options["options"] = " ".join(filter(None, words))
