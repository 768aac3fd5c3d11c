"""What every test may use. Fixtures of one folder live in that folder."""

import gc
from urllib.parse import quote

import hypothesis
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import override_settings

from config import env
from tests.databases import migrated_template

# The same examples in every run: a red test must be red again for whoever looks.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.hookimpl(trylast=True)  # Behind pytest-django, which puts what commits behind all else.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: at the end of a parallel run they would stand behind each other, with
    nothing left to do beside them."""
    items.sort(key=lambda item: item.get_closest_marker("own_installation") is None)


def pytest_collection_finish() -> None:
    """What is loaded stays until the end: to look through it for garbage again and again took a
    tenth of the processor's time of all tests, and of those of migrations a third."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def process_number(worker_id: str) -> int:
    """Which process of a parallel run this is, from 0."""
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """Each process of a run copies a migrated database instead of migrating an empty one."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(scope="session", autouse=True)
def _cache_of_this_process(process_number):
    """A test empties the cache, so each process has a database of Redis: 14, 12, 10 …

    The databases of PostgreSQL are told apart by pytest-django.
    """
    cache = settings.CACHES["default"]
    server = cache["LOCATION"].rpartition("/")[0]
    own = cache | {"LOCATION": f"{server}/{14 - 2 * process_number}"}
    with override_settings(CACHES=settings.CACHES | {"default": own}):
        yield


@pytest.fixture
def broker_url(process_number):
    """A Redis of its own for one test: another database of the same server, emptied."""
    server = env.broker("CELERY_BROKER_URL").rpartition("/")[0]
    url = f"{server}/{15 - 2 * process_number}"
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
