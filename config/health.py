"""Is the process alive; can it do its work.

A middleware rather than views: a probe calls by address, without the proxy and its host name, so it
must be answered before hosts, TLS and sessions are looked at. A stranger learns whether requests
can be served and which part is in the way; how the rest stands is for who shows the token of
``/metrics``.
"""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from config.celery import app
from config.disks import free_bytes
from config.heartbeats import STALE_SECONDS, seconds_since_seen
from config.metrics import may_read
from risk.selectors.office import office_day
from targeting.selectors.operation import lists_on

_BROKER_SECONDS = 2
OK, WARNING, UNAVAILABLE = "ok", "warning", "unavailable"


class HealthMiddleware:
    """Answer ``/health/live`` and ``/health/ready``; pass everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/health/live":
            return JsonResponse({"status": OK}, headers={"Cache-Control": "no-store"})
        if request.path == "/health/ready":
            return ready(with_warnings=may_read(request))
        return self.get_response(request)


def ready(*, with_warnings: bool) -> JsonResponse:
    """Whether what comes in can be taken: 503 otherwise, naming the part in the way.

    Database, broker and disk must be there. Without worker, quick or beat what comes in is kept
    and waits, and without lists it is taken as well: warnings.
    """
    parts = {
        "database": OK if _database_answers() else UNAVAILABLE,
        "broker": OK if _broker_answers() else UNAVAILABLE,
        "disk": UNAVAILABLE if free_bytes() < settings.LEAST_FREE_BYTES else OK,
    }
    is_good = UNAVAILABLE not in parts.values()
    status = OK if is_good else UNAVAILABLE
    if with_warnings:
        parts |= _warnings(database=parts["database"] == OK)
        if is_good and WARNING in parts.values():
            status = WARNING
    return JsonResponse(
        {"status": status, "parts": parts},
        status=200 if is_good else 503,
        headers={"Cache-Control": "no-store"},
    )


def _warnings(*, database: bool) -> Mapping[str, str]:
    return {
        **({"disk": WARNING} if _is_disk_low() else {}),
        **_parts_seen(),
        "lists": OK if database and _lists_hold() else WARNING,
    }


def _is_disk_low() -> bool:
    return settings.LEAST_FREE_BYTES <= free_bytes() < settings.LOW_FREE_BYTES


def _parts_seen() -> dict[str, str]:
    try:
        seconds = seconds_since_seen()
    except RedisError:
        return {"cache": WARNING}
    return {
        part: OK if since is not None and since < STALE_SECONDS else WARNING
        for part, since in seconds.items()
    }


def _lists_hold() -> bool:
    """Every list has an edition in force, and there is one."""
    try:
        lists = lists_on(office_day(timezone.now()))
    except DatabaseError:
        return False
    return 0 < lists.known == lists.in_force


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
