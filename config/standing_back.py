"""The priority of those server processes of PostgreSQL that work for this process.

On one machine a large file would otherwise take as much of the processor through PostgreSQL as
all others together, whatever the priority of the worker that reads it
(docs/adr/0022-small-messages.md). Asked for by the embedded parts only, whose PostgreSQL runs
here: the number of a server process elsewhere would be that of a stranger here.
"""

from contextlib import suppress
from typing import Any

from django.db.backends.signals import connection_created

from config.niceness import set_niceness

NICENESS = "SERVER_NICENESS"


def stand_back() -> None:
    """Let new connections give their server process the niceness that the settings say."""
    connection_created.connect(_stand_back, dispatch_uid=__name__)


def _stand_back(*, connection: Any, **kwargs: Any) -> None:
    if niceness := connection.settings_dict.get(NICENESS):
        # Not ours to change, or gone by now: the work is the same, only less polite.
        with suppress(PermissionError, ProcessLookupError):
            set_niceness(connection.connection.info.backend_pid, niceness)
