"""What may happen to a supply channel: the one table of its states and moves."""

from collections.abc import Mapping
from enum import StrEnum

from risk.domain.errors import WrongState

SUPPLIER, IMPORTER, BROKER, CARRIER = "supplier", "importer", "broker", "carrier"
"""Roles of the members."""


class ChannelState(StrEnum):
    """Proposed by the system; held for true by an analyst; cut; nothing of the kind; or part of
    another one, as what came later told."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    LIQUIDATED = "liquidated"
    DISMISSED = "dismissed"
    JOINED = "joined"


class ChannelMove(StrEnum):
    """What people do; ``join`` is the search's own, and no transition of theirs."""

    CONFIRM = "confirm"
    LIQUIDATE = "liquidate"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    JOIN = "join"


class ChannelLevel(StrEnum):
    """As the state publishes it."""

    INTERNATIONAL = "international"
    REGIONAL = "regional"


TRANSITIONS: Mapping[ChannelState, Mapping[ChannelMove, ChannelState]] = {
    ChannelState.SUSPECTED: {
        ChannelMove.CONFIRM: ChannelState.CONFIRMED,
        ChannelMove.DISMISS: ChannelState.DISMISSED,
    },
    ChannelState.CONFIRMED: {
        ChannelMove.LIQUIDATE: ChannelState.LIQUIDATED,
        ChannelMove.DISMISS: ChannelState.DISMISSED,
    },
    ChannelState.DISMISSED: {ChannelMove.REOPEN: ChannelState.SUSPECTED},
    ChannelState.LIQUIDATED: {},
    ChannelState.JOINED: {},
}


def next_state(state: ChannelState, move: ChannelMove) -> ChannelState:
    """Where the move leads. Raises WrongState with the moves that are allowed.

    >>> str(next_state(ChannelState.SUSPECTED, ChannelMove.CONFIRM))
    'confirmed'
    """
    if move not in TRANSITIONS[state]:
        allowed = ", ".join(TRANSITIONS[state]) or "none"
        raise WrongState(state=state.value, move=move.value, allowed=allowed)
    return TRANSITIONS[state][move]
