"""One step on many rows, each by itself: what is refused of one stops no other."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from django.db import transaction

from shipments.domain.errors import TargetingError

MOST_AT_ONCE = 100

_Row = TypeVar("_Row")


class Done(NamedTuple):
    """What the step gave; or the row as it was, with what stood in the way."""

    row: Any
    fault: TargetingError | None = None


def do_each(rows: Mapping[int, _Row], step: Callable[[_Row], object]) -> dict[int, Done]:
    """The step of each row, by its id and in their order.

    Each is undone by itself (a savepoint of the request's transaction, which holds its audit event
    and the locks until its end: the caller bounds how many, and gives them in one order for all, so
    that whoever takes the same ones at the same time only waits).
    """
    done = {}
    for pk, row in rows.items():
        try:
            with transaction.atomic():
                done[pk] = Done(step(row))
        except TargetingError as fault:
            done[pk] = Done(row, fault)
    return done
