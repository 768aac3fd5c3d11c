import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

# Every migration makes all models anew, each in circles with the others: with Python's own
# thresholds a third of the time went into looking for garbage. Costs 300 MB meanwhile.
SELDOM = (100_000, 50, 100)


class Command(DjangoMigrate):
    """Django's ``migrate``, run by the owner of the tables.

    The same connection is pointed at the owner's role, rather than a second alias added, so that
    a data migration of any package, which writes to ``default``, sees the tables just made.
    """

    def execute(self, *args: Any, **options: Any) -> Any:
        owner = settings.DATABASE_OWNER
        if owner is None:
            raise CommandError("DATABASE_OWNER_URL is not set: only the owner role may migrate.")
        with _garbage_collected_seldom(), _logged_in_as(owner, options["database"]):
            return super().execute(*args, **options)


@contextmanager
def _garbage_collected_seldom() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _logged_in_as(role: dict[str, Any], alias: str) -> Iterator[None]:
    """The database stays the one of the alias, which in a test is not the owner URL's."""
    current = connections[alias].settings_dict
    before = {key: current[key] for key in ("HOST", "PORT", "USER", "PASSWORD")}
    login = {key: role[key] for key in before}
    if login == before:
        yield
        return
    _reconnect(alias, login)
    try:
        yield
    finally:
        _reconnect(alias, before)


def _reconnect(alias: str, login: dict[str, Any]) -> None:
    connection = cast(DatabaseWrapper, connections[alias])
    connection.close()
    connection.close_pool()
    connection.settings_dict.update(login)
