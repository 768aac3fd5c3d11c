import logging
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

# Imported for its effect: whatever process Django runs in, messages go to our broker.
from config import celery as _celery  # noqa: F401 - its effect
from config import counting
from config.checks import check_database
from config.logging import configure_structlog
from config.prepared import keep_prepared
from config.standing_back import stand_back


class ConfigConfig(AppConfig):
    name = "config"

    def __init__(self, app_name: str, app_module: Any) -> None:
        super().__init__(app_name, app_module)
        # Before any other app is imported: whatever counts is made for one process or for many.
        counting.share_among_processes(settings.METRICS_DIR)

    def ready(self) -> None:
        configure_structlog()
        # Connects to signals; not before all models are there.
        import_module("config.task_context")
        keep_prepared()
        stand_back()
        checks.register(check_database, checks.Tags.database)
        if not settings.SECOND_FACTOR["REQUIRED"]:
            logging.getLogger(__name__).warning(
                "TARGETING_REQUIRE_SECOND_FACTOR is false: a stolen password is enough to come in."
            )
