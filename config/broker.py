"""Kombu's Redis transport, with one fault of it mended: a broker that is away ends no worker.

While a worker gives up a lost connection, messages that it holds are given back over it, and a
task whose process was killed is so later. By then the connection forgot its address, which kombu
5.7 meets with an AttributeError; its callers expect the errors of a lost connection, and whatever
else comes ends the worker. Nothing is lost by not giving back: the database knows what is overdue.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(kombu_redis.Channel):
    """Says of a connection that was given up what every lost connection says."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("the connection to the broker was given up")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc] # no types


class Transport(kombu_redis.Transport):
    Channel = Channel


def use_for_redis() -> None:
    """Let URLs of Redis name this transport, in this process and those it makes."""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:Transport"))
