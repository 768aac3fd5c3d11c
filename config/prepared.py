"""Statements that a connection keeps prepared, for a process that repeats the same ones all day.

Of what a single declaration costs the database, four fifths is planning the statements of its
stages (docs/adr/0022-small-messages.md). Off by default: the stages of a large file are planned
for their thousand rows each, and a pooler between us and PostgreSQL may lose what was prepared.
"""

from typing import Any

from django.db.backends.signals import connection_created

_COUNT = "PREPARED_STATEMENTS"
# Executions before a statement is prepared.
_THRESHOLD = 3


def settings_of(database: dict[str, Any], *, count: int) -> dict[str, Any]:
    """Django's settings of a database whose connections keep up to ``count`` statements."""
    if not count:
        return database
    # Only values that are sent beside a statement leave it the same from one call to the next.
    options = {"server_side_binding": True, "prepare_threshold": _THRESHOLD}
    return database | {_COUNT: count, "OPTIONS": database["OPTIONS"] | options}


def keep_prepared() -> None:
    """Let new connections keep as many as the settings say: the driver keeps a hundred, fewer
    than the stages have, and drops each one before it comes again."""
    connection_created.connect(_keep, dispatch_uid=__name__)


def _keep(*, connection: Any, **kwargs: Any) -> None:
    if count := connection.settings_dict.get(_COUNT):
        connection.connection.prepared_max = count
