"""``/metrics`` for Prometheus: what processes counted, and how the system stands when asked.

Closed unless ``TARGETING_METRICS_TOKEN`` opens it: even numbers tell what customs looks at. A
middleware, as health is: Prometheus calls each web process by address. A part that does not answer
leaves its numbers out and is named by ``targeting_part_answers``.
"""

import hmac
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from kombu.exceptions import ChannelError
from kombu.exceptions import OperationalError as BrokerError
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from config import heartbeats
from config.celery import app
from config.disks import free_bytes_by_folder
from risk.selectors.office import office_day
from targeting.selectors import operation
from targeting.services.telemetry import REQUEST_SECONDS

PATH = "/metrics"
_BROKER_SECONDS = 2
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

Families = Iterator[GaugeMetricFamily]


class MetricsMiddleware:
    """Answers ``/metrics``, and times all other requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == PATH:
            return answer(request)
        began = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        REQUEST_SECONDS.labels(
            match.view_name or match.route if match else "none",
            request.method if request.method in _METHODS else "other",
            f"{response.status_code // 100}xx",
        ).observe(time.monotonic() - began)
        return response


def may_read(request: HttpRequest) -> bool:
    """Whether the request shows the token; nobody does where none is set."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted: str = settings.METRICS_TOKEN
    return (
        bool(wanted) and kind == "Bearer" and hmac.compare_digest(token.encode(), wanted.encode())
    )


def answer(request: HttpRequest) -> HttpResponse:
    """The numbers as text; 404 where no token is set, 401 for whoever does not show it."""
    headers = {"Cache-Control": "no-store"}
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=HTTPStatus.NOT_FOUND, headers=headers)
    if not may_read(request):
        asked = headers | {"WWW-Authenticate": "Bearer"}
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers=asked)
    if request.method != "GET":
        return HttpResponse(
            status=HTTPStatus.METHOD_NOT_ALLOWED, headers=headers | {"Allow": "GET"}
        )
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST, headers=headers)


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    counted = CollectorRegistry()
    if settings.METRICS_DIR:
        MultiProcessCollector(counted, path=str(settings.METRICS_DIR))  # type: ignore[no-untyped-call] # the library's
    state = CollectorRegistry(auto_describe=False)
    state.register(StateCollector())
    return generate_latest(counted if settings.METRICS_DIR else REGISTRY) + generate_latest(state)


class StateCollector(Collector):
    """How the system stands now, asked of database, broker, cache and disk."""

    def collect(self) -> Families:
        now = timezone.now()
        parts: dict[str, Callable[[datetime], Iterable[GaugeMetricFamily]]] = {
            "database": _of_database,
            "broker": _of_broker,
            "cache": _of_cache,
            "disk": _of_disk,
        }
        answers = _family("targeting_part_answers", "1 if the part answered, else 0.", "part")
        for part, families in parts.items():
            try:
                # As a list: none of what a part says goes out before it said all.
                yield from list(families(now))
            except (DatabaseError, BrokerError, RedisError, OSError):
                answers.add_metric([part], 0)
            else:
                answers.add_metric([part], 1)
        yield answers


def _family(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=labels)


def _of_database(now: datetime) -> Families:
    yield from _of_runs(now)
    yield from _of_alerts(now)
    for name, words, label, rows in (
        ("lanes_overdue", "Lanes nobody acknowledged in time", "lane", operation.lanes_overdue),
        ("deliveries_due", "Outbox messages that are due", "channel", operation.deliveries_due),
    ):
        count = _family(f"targeting_{name}", f"{words}.", label)
        age = _family(f"targeting_{name}_age_seconds", f"{words}: for how long the oldest.", label)
        for row in rows(now=now):
            count.add_metric([row.kind], row.number)
            age.add_metric([row.kind], (now - row.since).total_seconds())
        yield from (count, age)
    lists = operation.lists_on(office_day(now))
    family = _family("targeting_lists", "Control lists: known, in force, verified.", "state")
    for state, number in lists._asdict().items():
        family.add_metric([state], number)
    yield family


def _of_runs(now: datetime) -> Families:
    labels = ("queue", "stage", "state")
    count = _family("targeting_stage_runs", "Stages of chunks that are not done.", *labels)
    age = _family(
        "targeting_queue_age_seconds",
        "Since the oldest batch or job came that is not done.",
        "queue",
    )
    oldest: dict[str, datetime] = {}
    for run in operation.waiting_runs():
        count.add_metric([run.queue, run.stage, run.state], run.number)
        oldest[run.queue] = min(run.since, oldest.get(run.queue, run.since))
    for queue in ("quick", "bulk"):
        age.add_metric([queue], (now - oldest.get(queue, now)).total_seconds())
    yield from (count, age)


def _of_alerts(now: datetime) -> Families:
    count = _family("targeting_open_alerts", "Alerts that are not closed.", "lane")
    free = _family("targeting_unassigned_alerts", "Open alerts that nobody has.", "lane")
    age = _family(
        "targeting_open_alert_age_seconds", "Since the oldest open one was raised.", "lane"
    )
    for row in operation.open_alerts():
        count.add_metric([row.lane], row.number)
        free.add_metric([row.lane], row.unassigned)
        age.add_metric([row.lane], (now - row.since).total_seconds())
    yield from (count, free, age)


def _of_broker(now: datetime) -> Families:
    family = _family("targeting_queue_messages", "Messages that wait in the broker.", "queue")
    with app.connection_for_write(connect_timeout=_BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=_BROKER_SECONDS)
        for queue in app.conf.task_queues:
            family.add_metric([queue.name], _messages(broker, queue.name))
    yield family


def _messages(broker: Any, queue: str) -> int:
    """None wait in a queue that is not there yet."""
    try:
        return int(broker.default_channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:
        return 0


def _of_cache(now: datetime) -> Families:
    family = _family("targeting_part_silent_seconds", "Since the part was last seen.", "part")
    for part, seconds in heartbeats.seconds_since_seen().items():
        if seconds is not None:
            family.add_metric([part], seconds)
    yield family


def _of_disk(now: datetime) -> Families:
    family = _family(
        "targeting_disk_free_bytes", "Free on the disk with data, or uploads.", "folder"
    )
    for folder, free in free_bytes_by_folder().items():
        family.add_metric([folder], free)
    yield family
