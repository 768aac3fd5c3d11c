"""History of reference data: a row for every insert, change and deletion, by triggers."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

_Model = TypeVar("_Model", bound=type[models.Model])


def with_history(*, exclude: Sequence[str] = ()) -> Callable[[_Model], _Model]:
    """Keep the model's history in a table ``<model>event`` beside it, without the columns named.

    The triggers work a statement at a time, so that bulk loads stay fast, and store who and
    why (``targeting.services.history``) in each row. The migration that makes the table
    closes it with :func:`shipments.models.append_only.append_only`.
    """

    def decorate(model: _Model) -> _Model:
        track: Any = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(condition=_changed(model, exclude)),
            pghistory.DeleteEvent(),
            exclude=list(exclude) or None,
            level=pgtrigger.Statement,
            context_field=pghistory.ContextJSONField(),
        )
        tracked: _Model = track(model)
        return tracked

    return decorate


def _changed(model: type[models.Model], exclude: Sequence[str]) -> pgtrigger.Condition:
    """Written out, because the library's own condition asks a database for its spelling."""
    columns = [f.column for f in model._meta.concrete_fields if f.name not in exclude]
    old, new = (", ".join(f'{row}."{name}"' for name in columns) for row in ("OLD", "NEW"))
    return pgtrigger.Condition(f"ROW({old}) IS DISTINCT FROM ROW({new})")
