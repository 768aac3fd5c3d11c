"""What may happen to a reagent basket: the one table of its states and moves."""

from collections.abc import Mapping
from enum import StrEnum

from risk.domain.errors import WrongState


class BasketState(StrEnum):
    """Found by the system; or held for harmless by an analyst."""

    OPEN = "open"
    DISMISSED = "dismissed"


class BasketMove(StrEnum):
    DISMISS = "dismiss"
    REOPEN = "reopen"


TRANSITIONS: Mapping[BasketState, Mapping[BasketMove, BasketState]] = {
    BasketState.OPEN: {BasketMove.DISMISS: BasketState.DISMISSED},
    BasketState.DISMISSED: {BasketMove.REOPEN: BasketState.OPEN},
}


def next_state(state: BasketState, move: BasketMove) -> BasketState:
    """Where the move leads. Raises WrongState with the moves that are allowed.

    >>> str(next_state(BasketState.OPEN, BasketMove.DISMISS))
    'dismissed'
    """
    if move not in TRANSITIONS[state]:
        allowed = ", ".join(TRANSITIONS[state])
        raise WrongState(state=state.value, move=move.value, allowed=allowed)
    return TRANSITIONS[state][move]
