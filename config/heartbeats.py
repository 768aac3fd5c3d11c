"""When beat and each kind of worker were last seen, told through the cache.

Beat is seen when it sends a task, a worker when its own heartbeat goes out: every few seconds,
also while its processes are busy for an hour.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from celery.signals import after_task_publish, beat_init, heartbeat_sent, worker_ready
from django.core.cache import cache
from redis.exceptions import RedisError

BEAT = "beat"
# A worker is told by the queue that it takes from: of small messages, of large files.
QUEUES = {"quick": "quick", "worker": "targeting"}
PARTS = (BEAT, *QUEUES)
STALE_SECONDS = 60
_EVERY_SECONDS = 5
_KEPT_SECONDS = 24 * 3600
_PREFIX = "heartbeat:"

log = structlog.get_logger(__name__)


class _Pulse:
    """Tells that parts are alive, at most every few seconds."""

    def __init__(self) -> None:
        self.parts: tuple[str, ...] = ()
        self._told = float("-inf")

    def beat(self, **kwargs: Any) -> None:
        now = time.monotonic()
        if not self.parts or now - self._told < _EVERY_SECONDS:
            return
        self._told = now
        try:
            cache.set_many(
                dict.fromkeys((_PREFIX + part for part in self.parts), time.time()), _KEPT_SECONDS
            )
        except RedisError:
            log.warning("heartbeat_not_told", parts=self.parts)


_pulse = _Pulse()


@beat_init.connect
def _beat_began(**kwargs: Any) -> None:
    _pulse.parts = (BEAT,)
    after_task_publish.connect(_pulse.beat, weak=False)


@worker_ready.connect
def _worker_began(sender: Any, **kwargs: Any) -> None:
    """``sender`` is the consumer: it knows from which queues it takes."""
    names = {queue.name for queue in sender.task_consumer.queues}
    _pulse.parts = parts_that_take_from(names)


# From the beginning: a worker's heart looks only once whether anybody listens.
heartbeat_sent.connect(_pulse.beat, weak=False)


def parts_that_take_from(queues: Iterable[str]) -> tuple[str, ...]:
    """What a worker that takes from these queues stands for.

    >>> parts_that_take_from({"quick", "targeting"}), parts_that_take_from({"quick"})
    (('quick', 'worker'), ('quick',))
    """
    names = set(queues)
    return tuple(part for part, queue in QUEUES.items() if queue in names)


def seconds_since_seen() -> Mapping[str, float | None]:
    """For each part the seconds since it was last seen; None for a day without it.

    Raises RedisError where the cache is away.
    """
    told = cache.get_many([_PREFIX + part for part in PARTS])
    now = time.time()
    seen = {part: told.get(_PREFIX + part) for part in PARTS}
    return {part: None if at is None else max(0.0, now - at) for part, at in seen.items()}
