"""Is the process alive; can it do its work.

A middleware rather than views: a probe calls by address, without the proxy and its host name, so it
must be answered before hosts, TLS and sessions are looked at. It learns nothing but two words.
"""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from kombu.exceptions import OperationalError as BrokerError

from config.celery import app

_BROKER_SECONDS = 2


class HealthMiddleware:
    """Answer ``/health/live`` and ``/health/ready``; pass everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/health/live":
            return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
        if request.path == "/health/ready":
            return ready()
        return self.get_response(request)


def ready() -> JsonResponse:
    """Whether the database and the broker answer; 503 otherwise, naming the part that does not."""
    answers = {"database": _database_answers(), "broker": _broker_answers()}
    good = all(answers.values())
    return JsonResponse(
        {
            "status": "ok" if good else "unavailable",
            "parts": {part: "ok" if yes else "unavailable" for part, yes in answers.items()},
        },
        status=200 if good else 503,
        headers={"Cache-Control": "no-store"},
    )


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
