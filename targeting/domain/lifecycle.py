"""What may happen to an alert and to what is referred of it: the tables of states and moves."""

from collections.abc import Mapping
from enum import StrEnum

from risk.domain.profile import Lane
from targeting.domain.errors import ImpossibleMove


class Standing(StrEnum):
    """Where an alert stands. With a proposed dismissal it is still open, and in the queue."""

    OPEN = "open"
    DISMISSAL_PROPOSED = "dismissal_proposed"
    CLOSED = "closed"


class Move(StrEnum):
    """What a person does with an alert; each is a row of its timeline."""

    TAKE = "take"
    ASSIGN = "assign"
    RELEASE = "release"
    NOTE = "note"
    ATTACH = "attach"
    REFER = "refer"
    DISMISS = "dismiss"
    CONFIRM_DISMISSAL = "confirm_dismissal"
    REFUSE_DISMISSAL = "refuse_dismissal"
    REOPEN = "reopen"


class Dismissal(StrEnum):
    """Why nothing more is done; the disposition of a closed alert."""

    OTHER_MEANING = "other_meaning"
    BELOW_LIMIT = "below_limit"
    PERMITS_IN_ORDER = "permits_in_order"
    PLAUSIBLE_TRADE = "plausible_trade"
    FOUND_CLEAN = "found_clean"
    CANCELLED = "cancelled"
    OTHER = "other"


# A second pair of eyes before these are let go.
SECOND_PERSON_LANES = frozenset({Lane.RED})

_HANDLING = {
    Move.TAKE: None,
    Move.ASSIGN: None,
    Move.RELEASE: None,
    Move.NOTE: None,
    Move.ATTACH: None,
    Move.REFER: None,
}
# None: the standing stays.
TRANSITIONS: Mapping[Standing, Mapping[Move, Standing | None]] = {
    Standing.OPEN: {**_HANDLING, Move.DISMISS: Standing.CLOSED},
    Standing.DISMISSAL_PROPOSED: {
        **_HANDLING,
        Move.CONFIRM_DISMISSAL: Standing.CLOSED,
        Move.REFUSE_DISMISSAL: Standing.OPEN,
    },
    Standing.CLOSED: {Move.NOTE: None, Move.ATTACH: None, Move.REOPEN: Standing.OPEN},
}


class ReferralKind(StrEnum):
    """To whom an alert is referred."""

    INSPECTION = "inspection"
    AGENCY = "agency"


class ReferralState(StrEnum):
    """Where a referral stands with whoever it was sent to."""

    SENT = "sent"
    RECEIVED = "received"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class ReferralStep(StrEnum):
    """What is done with a referral: by its receiver, but for ``withdraw``."""

    RECEIVE = "receive"
    ANSWER = "answer"
    WITHDRAW = "withdraw"


REFERRAL_STEPS: Mapping[ReferralState, Mapping[ReferralStep, ReferralState]] = {
    ReferralState.SENT: {
        ReferralStep.RECEIVE: ReferralState.RECEIVED,
        ReferralStep.ANSWER: ReferralState.ANSWERED,
        ReferralStep.WITHDRAW: ReferralState.WITHDRAWN,
    },
    ReferralState.RECEIVED: {
        ReferralStep.ANSWER: ReferralState.ANSWERED,
        ReferralStep.WITHDRAW: ReferralState.WITHDRAWN,
    },
    ReferralState.ANSWERED: {},
    ReferralState.WITHDRAWN: {},
}


def next_referral_state(state: ReferralState, step: ReferralStep) -> ReferralState:
    """Where the step leads. Raises ImpossibleMove with the steps that are allowed.

    >>> str(next_referral_state(ReferralState.SENT, ReferralStep.RECEIVE))
    'received'
    """
    following = REFERRAL_STEPS[state].get(step)
    if following is None:
        allowed = tuple(one.value for one in REFERRAL_STEPS[state])
        raise ImpossibleMove(state=state.value, move=step.value, allowed=allowed)
    return following


def next_standing(standing: Standing, move: Move, lane: Lane) -> Standing:
    """Where the move leads; dismissing what is in a lane of two persons only proposes it.

    Raises ImpossibleMove with the moves that are allowed.

    >>> str(next_standing(Standing.OPEN, Move.DISMISS, Lane.YELLOW))
    'closed'
    >>> str(next_standing(Standing.OPEN, Move.DISMISS, Lane.RED))
    'dismissal_proposed'
    """
    if move not in TRANSITIONS[standing]:
        raise ImpossibleMove(state=standing.value, move=move.value, allowed=allowed_moves(standing))
    following = TRANSITIONS[standing][move] or standing
    if move is Move.DISMISS and lane in SECOND_PERSON_LANES:
        return Standing.DISMISSAL_PROPOSED
    return following


def allowed_moves(standing: Standing) -> tuple[str, ...]:
    """The moves from here, in the order of the table."""
    return tuple(move.value for move in TRANSITIONS[standing])
