"""Giving up a broker that is away: errors that workers outlive."""

import pytest
from kombu import Connection

from config import broker, celery


@pytest.fixture
def connection(broker_url):
    broker.use_for_redis()
    with Connection(broker_url) as connected:
        yield connected


def test_application_when_it_connects_then_over_the_mended_transport(broker_url) -> None:
    with celery.app.connection_for_write(broker_url) as connected:
        assert isinstance(connected.transport, broker.Transport)


def test_held_message_when_the_broker_is_given_up_then_a_lost_connection(connection) -> None:
    """What Celery meets behind a lost connection: an open channel that knows no broker any more."""
    queue = connection.SimpleQueue("test_broker")
    queue.put("held")
    held = queue.get(timeout=5)
    channel = connection._default_channel = queue.channel
    channel._disconnect_pools()
    connection._do_close_transport()
    connection.close()
    assert channel.closed
    with pytest.raises(connection.recoverable_connection_errors, match="given up"):
        held.reject(requeue=True)
