"""How often one caller may ask: enough for any honest program, not for scraping or guessing.

Counted in the cache that all processes share, in windows of fixed length.
"""

import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from targeting.api.permissions import client_of
from targeting.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

CLIENT, PERSON = "client", "person"
MINUTE = 60


class Window:
    """The current window of one counter: who asks (``kind`` and ``key``), how long it is."""

    def __init__(self, kind: str, key: str, *, seconds: int) -> None:
        now = int(time.time())
        self.seconds_left = seconds - now % seconds
        self._seconds = seconds
        self._cache_key = f"limit:{kind}:{key}:{now // seconds}"

    def count(self) -> int:
        """One more; how many that makes. Zero while the cache is away.

        The limits are not worth refusing declarations for: what comes in then still
        needs a token or a session. The sign-in of people is refused by its library.
        """
        try:
            try:
                return cache.incr(self._cache_key)
            except ValueError:  # the first of its window
                cache.add(self._cache_key, 0, timeout=self._seconds)
                return cache.incr(self._cache_key)
        except (RedisError, ValueError) as error:
            logger.warning("limits_are_not_counted", extra={"reason": type(error).__name__})
            return 0

    def counted(self) -> int:
        try:
            return int(cache.get(self._cache_key, 0))
        except RedisError:
            return 0


class CallerThrottle(BaseThrottle):
    """One count per client, whatever its tokens, and one per person, whatever the roles.

    Requests a minute: ``TARGETING["REQUESTS_PER_MINUTE"]``, by kind of client or role.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        client, user = client_of(request), request.user
        if client:
            kinds, caller = [client.kind, CLIENT], client.client_id
        else:
            kinds, caller = [*(user.roles if isinstance(user, User) else ()), PERSON], str(user.pk)
        self.window = Window(kinds[-1], caller, seconds=MINUTE)
        return self.window.count() <= _rate(kinds)

    def wait(self) -> float:
        return self.window.seconds_left


def failures_from(address: str) -> Window:
    """The wrong tokens and secrets that one address sent."""
    return Window("failures", address or "unknown", seconds=MINUTE)


def is_guessing(failures: Window) -> bool:
    """Whether the address has to wait before anything of it is checked again."""
    return bool(failures.counted() >= settings.TARGETING["FAILURES_PER_MINUTE"])


def _rate(kinds: list[str]) -> int:
    """The highest rate of the kinds that have one; the last kind always has."""
    rates = settings.TARGETING["REQUESTS_PER_MINUTE"]
    own = [rates[kind] for kind in kinds[:-1] if kind in rates]
    return int(max(own, default=rates[kinds[-1]]))
