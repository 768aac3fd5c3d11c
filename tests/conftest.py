"""What every test may use. Fixtures of one folder live in that folder."""

from urllib.parse import quote

import hypothesis
import pytest
import redis
from django.db import connection

from config import env

# The same examples in every run: a red test must be red again for whoever looks.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture
def broker_url():
    """A Redis of its own for one test: another database of the same server, emptied."""
    url = env.broker("CELERY_BROKER_URL").rpartition("/")[0] + "/15"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture
def worker_environment(transactional_db, broker_url):
    """The environment of a real process (worker, command, web) on the test's database and broker.

    The test's rows are committed, so that the process sees them.
    """
    login = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    return env.for_child(
        DJANGO_SETTINGS_MODULE="config.settings.dev",
        DATABASE_URL="postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**login),
        CELERY_BROKER_URL=broker_url,
        CACHE_URL=broker_url.rpartition("/")[0] + "/13",
    )
