"""Channels stand out of lanes that come again and mean nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from risk.domain.errors import WrongState
from risk.domain.network.channel_states import TRANSITIONS, ChannelMove, ChannelState, next_state
from risk.domain.network.channels import ChannelRules, Consignment, propose_channels

START, RULES = datetime(2026, 3, 1, tzinfo=UTC), ChannelRules()


def sent(number, day, importer, supplier, **given):
    values = {
        "substance": "7", "mass_kg": Decimal(4000), "dispatch": "CN", "border_office": "57505",
    } | given  # fmt: skip
    return Consignment(
        declaration=number, accepted_at=START + timedelta(days=day), importer=importer,
        supplier=supplier, **values,
    )  # fmt: skip


def lanes(draw):
    """Thirty importers that bring a listed substance again and again in plain words, without a
    permit as it happens, each from its own supplier."""
    for lane in range(30):
        for n in range(draw.randint(4, 12)):
            yield sent(
                1000 * lane + n, draw.randint(0, 110), 100 + lane, 500 + lane,
                substance=str(lane % 5), border_office=draw.choice(("57505", "55313", "50000")),
                broker=draw.choice((1, 2, None)), carrier=draw.choice((11, 12, 13)),
            )  # fmt: skip


def channel(number, draw):
    """Two suppliers, three importers with one phone, one border office, broker and carrier; two of
    three names are damaged, the third consignment is under a cover name that nobody recognised."""
    first = 50_000 + 100 * number
    for n in range(draw.randint(9, 14)):
        yield n % 3 > 0, sent(
            first + n, n * 7, first + n % 3, first + 50 + n % 2, substance=str(number),
            border_office="55313", broker=1, carrier=11, is_disguised=True,
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_three_channels_are_among_the_first_ten_beside_thirty_lanes(seed):
    draw = Random(seed)
    planted = [list(channel(number, draw)) for number in range(3)]
    suspect = [one for made in planted for is_seen, one in made if is_seen]
    others = [one for made in planted for _, one in made]
    phones = {f"phone:{n}": [50_000 + 100 * n + k for k in range(3)] for n in range(3)}
    mixed = [*suspect, *lanes(draw)]
    found = propose_channels(draw.sample(mixed, len(mixed)), others, phones, RULES)
    assert {one.consignments[0].declaration // 100 for one in found[:3]} == {500, 501, 502}
    for one in found[:3]:
        assert one.signs[0].points >= one.signs[-1].points
        assert {"importers_linked", "names_disguised", "one_border_office"} <= {
            sign.code for sign in one.signs
        }
        # So does who only sends under cover names, for his phone.
        assert len(one.consignments) + len(one.accompanying) >= 9
        assert {role for role, _ in one.members} == {"importer", "supplier", "broker", "carrier"}
        assert one.is_international


def test_what_does_not_recur_is_no_channel():
    few = [sent(n, n * 10, 1, 2, is_disguised=True) for n in range(3)]
    at_once = [sent(10 + n, 0, 3, 4, is_disguised=True) for n in range(9)]
    assert propose_channels([*few, *at_once], [], {}, RULES) == []


def test_a_hub_joins_nobody():
    """Many importers of one large supplier, each once: no pattern of anybody."""
    crowd = [sent(n, n, n, 999) for n in range(1, 60)]
    assert propose_channels(crowd, [], {"phone:1": list(range(1, 60))}, RULES) == []
    taken_in_turns = [sent(n, n * 3, n % 4, 999, is_disguised=True) for n in range(12)]
    (found,) = propose_channels(taken_in_turns, [], {}, RULES)
    assert "importers_take_turns" in {sign.code for sign in found.signs}


def test_every_move_that_is_not_in_the_table_is_refused_with_those_that_are():
    for state in ChannelState:
        for move in ChannelMove:
            if move in TRANSITIONS[state]:
                assert next_state(state, move) is TRANSITIONS[state][move]
                continue
            with pytest.raises(WrongState) as refused:
                next_state(state, move)
            assert refused.value.params["allowed"] == (", ".join(TRANSITIONS[state]) or "none")
