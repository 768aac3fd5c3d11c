"""The first thing that every long-running process does."""

import gc
import sys

import django
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

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
    limit_statements(
        seconds=settings.STATEMENT_SECONDS,
        transaction_seconds=transaction_seconds(settings.ANSWER_SECONDS),
    )
    refuse_wrong_database()


def be_ready() -> None:
    """Load every address before the first request waits for it, and leave what is loaded out of
    later garbage collections: a full one takes a tenth of a second, in which nobody is answered."""
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def refuse_wrong_database() -> None:
    """Leave with a sentence unless the checks of ``config.checks`` pass."""
    errors = run_checks(tags=[Tags.database], databases=["default"])
    if errors:
        sys.exit("\n".join(f"{error.msg} {error.hint or ''}" for error in errors))


def transaction_seconds(answer_seconds: float) -> float:
    """How long a request's transaction may last, so that none commits after its 503.

    Shorter than the time to answer (``config.limits``) by what runs before it begins.
    """
    return answer_seconds * 0.8


# A client that answers nothing for 40 seconds is gone: what its host locked is free then.
_VANISHED = {
    "tcp_keepalives_idle": "20s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "4",
    "tcp_user_timeout": "40s",
}


def limit_statements(
    *,
    seconds: float,
    idle_seconds: float | None = None,
    transaction_seconds: float | None = None,
) -> None:
    """End what takes longer: statements, and transactions if said. Before the first connection.

    A transaction that idles for longer than ``idle_seconds`` (twice as long as a statement may
    take) loses its connection, and so does a client whose host disappeared without a word:
    whatever it locked is free.
    """
    options = settings.DATABASES["default"]["OPTIONS"]
    limits = {
        "statement_timeout": seconds,
        "idle_in_transaction_session_timeout": idle_seconds or 2 * seconds,
    }
    if transaction_seconds:
        limits["transaction_timeout"] = transaction_seconds
    told = {name: str(round(most * 1000)) for name, most in limits.items()} | _VANISHED
    words = [f"-c {name}={value}" for name, value in told.items()]
    options["options"] = " ".join(filter(None, [options.get("options", ""), *words]))
