from django.apps import AppConfig
from django.core import checks

# Imported for its effect: whatever process Django runs in, messages go to our broker.
from config import celery as _celery  # noqa: F401
from config.checks import check_database
from config.logging import configure_structlog


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        configure_structlog()
        checks.register(check_database, checks.Tags.database)
