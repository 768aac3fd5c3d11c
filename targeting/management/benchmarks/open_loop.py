"""Requests at a rate, whether the earlier ones are answered or not, and how long each took."""

import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from statistics import quantiles
from typing import NamedTuple

from shipments.domain.errors import TargetingError

PER_SECOND = 10
MOST_WAITING = 64


class Taken(NamedTuple):
    """Seconds of each request from the moment at which it was due; how many failed."""

    seconds: tuple[float, ...]
    failed: int

    @property
    def p50(self) -> float:
        return self._share(50)

    @property
    def p95(self) -> float:
        return self._share(95)

    def _share(self, percent: int) -> float:
        if len(self.seconds) < 2:
            return self.seconds[0] if self.seconds else float("nan")
        return quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


def at_rate(requests: Sequence[Callable[[], object]], *, per_second: float = PER_SECOND) -> Taken:
    """Start each request when it is due. A request that raises counts as failed."""
    answered: SimpleQueue[float | None] = SimpleQueue()
    room = threading.BoundedSemaphore(MOST_WAITING)
    started = time.perf_counter() + 0.05

    def ask(request: Callable[[], object], due: float) -> None:
        try:
            request()
            answered.put(time.perf_counter() - due)
        except TargetingError:
            answered.put(None)
        finally:
            room.release()

    threads = []
    for number, request in enumerate(requests):
        due = started + number / per_second
        room.acquire()
        time.sleep(max(0.0, due - time.perf_counter()))
        threads.append(threading.Thread(target=ask, args=(request, due), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join()
    told = [answered.get() for _ in threads]
    seconds = tuple(one for one in told if one is not None)
    return Taken(seconds, len(told) - len(seconds))
