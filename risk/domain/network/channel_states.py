"""What may happen to a supply channel: the one table of its states and moves."""

from collections.abc import Mapping
from enum import StrEnum

from risk.domain.errors import WrongState

SUPPLIER, IMPORTER, BROKER, CARRIER = "supplier", "importer", "broker", "carrier"
"""Roles of the members."""


class ChannelState(StrEnum):
    """Proposed by the system; held for true by an analyst; cut; or nothing of the kind."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    LIQUIDATED = "liquidated"
    DISMISSED = "dismissed"


class ChannelMove(StrEnum):
    CONFIRM = "confirm"
    LIQUIDATE = "liquidate"
    DISMISS = "dismiss"
    REOPEN = "reopen"


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
