"""Is the process alive; can it do its work."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError as BrokerError

from config.celery import app

_BROKER_SECONDS = 2


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing, so that a slow database kills no web process."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The database and the broker answer; 503 otherwise, naming the part that does not."""
    parts = {"database": _database_answers(), "broker": _broker_answers()}
    good = all(parts.values())
    body = {
        "status": "ok" if good else "unavailable",
        "parts": {name: "ok" if answers else "unavailable" for name, answers in parts.items()},
    }
    return JsonResponse(body, status=200 if good else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=_BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, timeout=_BROKER_SECONDS)
    except BrokerError:
        return False
    return True
