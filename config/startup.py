"""The first thing that every long-running process does."""

import sys

import django
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured

from config import env


def start() -> None:
    """Set Django up and prove that the database is right, or leave with one sentence.

    Raises SystemExit: a process with a wrong setting must stop, not answer wrongly.
    """
    env.default_settings("config.settings.dev")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    refuse_wrong_database()


def refuse_wrong_database() -> None:
    """Leave with a sentence unless the checks of ``config.checks`` pass."""
    errors = run_checks(tags=[Tags.database], databases=["default"])
    if errors:
        sys.exit("\n".join(f"{error.msg} {error.hint or ''}" for error in errors))
