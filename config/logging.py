"""Structured logs: one line of JSON an event in production, readable lines on one machine."""

import logging
from typing import Any

import structlog

from config.redaction import hide_secrets

# The rich one shows local variables, secrets among them, and takes seconds a traceback.
_PLAIN = structlog.dev.plain_traceback

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_structlog() -> None:
    """Send structlog's events through the standard library, where all handlers are."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def logging_settings(*, json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, from INFO up."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_PLAIN)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    # Traces become text first: they quote values too.
                    structlog.processors.format_exc_info,
                    hide_secrets,
                    renderer,
                ],
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # "Task received", a second line beside "Task succeeded", every ten seconds.
            "celery.worker.strategy": {"level": "WARNING"},
            # A line for every sign-in; the audit has them.
            "axes": {"level": "WARNING"},
            # Django's own handlers would write each of its lines a second time.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
