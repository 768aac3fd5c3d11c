"""Who changed reference data and why: the context that the history's triggers store.

django-pghistory keeps the rows of history by triggers, so no way of writing skips them.
The context is set once a transaction instead of by its own wrapper, which rewrites each
statement and so knows neither COPY nor composed SQL.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def set_history_context(*, actor: str, reason: str = "", request_id: str = "") -> None:
    """Let what this transaction changes be the actor's. One statement; needs a transaction."""
    context = {"actor": actor, "reason": reason, "request_id": request_id}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true),"
            " set_config('pghistory.context_metadata', %s, true)",
            [str(uuid.uuid4()), json.dumps(context, ensure_ascii=False)],
        )


def explain_history(*, reason: str) -> None:
    """Say why this transaction changes what it changes, whoever it is; within an actor's one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
        known = json.loads(cursor.fetchone()[0] or "{}")
    set_history_context(
        actor=known.get("actor", ""), reason=reason, request_id=known.get("request_id", "")
    )


@contextmanager
def changes_by(actor: str, *, reason: str = "") -> Iterator[None]:
    """One transaction whose changes are the actor's: for commands, ``command:<name>``."""
    with transaction.atomic():
        set_history_context(actor=actor, reason=reason)
        yield
