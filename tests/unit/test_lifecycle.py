"""The states and moves of an alert."""

import pytest

from risk.domain.profile import Lane
from targeting.domain.errors import ImpossibleMove
from targeting.domain.lifecycle import TRANSITIONS, Move, Standing, allowed_moves, next_standing

EVERY = [(standing, move, lane) for standing in Standing for move in Move for lane in Lane]


@pytest.mark.parametrize(("standing", "move", "lane"), EVERY)
def test_each_move_leads_on_or_says_what_is_allowed(standing, move, lane) -> None:
    if move.value in allowed_moves(standing):
        assert next_standing(standing, move, lane) in Standing
        return
    with pytest.raises(ImpossibleMove) as refused:
        next_standing(standing, move, lane)
    assert refused.value.params == {
        "state": standing.value,
        "move": move.value,
        "allowed": allowed_moves(standing),
    }


def test_red_is_closed_by_a_second_person_only() -> None:
    to_closed = {
        (standing, move)
        for standing, move, lane in EVERY
        if lane is Lane.RED
        and move in TRANSITIONS[standing]
        and standing is not Standing.CLOSED
        and next_standing(standing, move, lane) is Standing.CLOSED
    }
    assert to_closed == {(Standing.DISMISSAL_PROPOSED, Move.CONFIRM_DISMISSAL)}


def test_every_standing_can_be_left_and_reached() -> None:
    reached = {next_standing(s, m, lane) for s, m, lane in EVERY if m in TRANSITIONS[s]}
    assert reached == set(Standing)
