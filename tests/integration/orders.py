"""Messages in every order, from a tree of savepoints: what two orders begin with is sent once."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import transaction

from targeting.selectors.table_digests import digest_tables

_M = TypeVar("_M")
Digests = dict[str, tuple[int, str]]


def states_in_every_order(
    history: Sequence[_M], send: Callable[[_M], object]
) -> dict[tuple[int, ...], Digests]:
    """The digests of every table after the messages came, by the positions of those that came.

    Whatever part of the history came, its order must not matter: asserted for every order of
    every part. What came last is sent once more where all of it came in the order of the
    history turned round its beginning, so that each message is repeated behind all others.
    Nothing of it is left afterwards.
    """
    found: dict[tuple[int, ...], Digests] = {}
    _walk(history, send, (), found)
    return found


def _walk(
    history: Sequence[_M],
    send: Callable[[_M], object],
    came: tuple[int, ...],
    found: dict[tuple[int, ...], Digests],
) -> None:
    for position, message in enumerate(history):
        if position in came:
            continue
        order = (*came, position)
        with transaction.atomic():
            send(message)
            state = digest_tables()
            wanted = found.setdefault(tuple(sorted(order)), state)
            assert _differing(state, wanted) == [], f"in the order {order}"
            if _is_turned(order, len(history)):
                send(message)
                assert _differing(digest_tables(), wanted) == [], f"{order}, the last one twice"
            else:
                _walk(history, send, order, found)
            transaction.set_rollback(True)


def _differing(state: Digests, wanted: Digests) -> list[str]:
    return [table for table in wanted if state[table] != wanted[table]]


def _is_turned(order: tuple[int, ...], length: int) -> bool:
    return order == tuple((order[0] + step) % length for step in range(length))
