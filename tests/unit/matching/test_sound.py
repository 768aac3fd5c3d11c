"""One sound for all spellings, and what a slip costs."""

import pytest

from risk.domain.matching.pieces import PieceIndex, piece_tables
from risk.domain.matching.sound import sound
from risk.domain.matching.typing_costs import typing_cost


@pytest.mark.parametrize(
    "spellings",
    [
        ("acetone", "ацетон", "atseton", "aceton", "асетон", "aceton"),
        ("серная", "sernaya", "sernaja", "sernaia"),
        ("қышқылы", "qyshqyly", "kyshkyly", "қышкылы"),
        ("псевдоэфедрин", "psevdoefedrin", "pseudoephedrine"),
        ("изосафрол", "izosafrol", "isosafrole"),
        ("ангидрид", "anhydride", "анхидрид"),
    ],
)
def test_sound_when_written_in_any_alphabet_then_it_is_one(spellings: tuple[str, ...]) -> None:
    assert len({sound(word) for word in spellings}) == 1


def test_typing_cost_when_keys_are_neighbours_then_less_than_another_letter() -> None:
    swapped = typing_cost("acteone", "acetone", 3)
    neighbour = typing_cost("acetpne", "acetone", 3)
    strange = typing_cost("acetqne", "acetone", 3)

    assert swapped < neighbour < strange


def test_typing_cost_when_beyond_the_limit_then_greater_than_it() -> None:
    assert typing_cost("toluene", "acetone", 1.0) > 1.0


def test_near_when_a_key_is_within_its_edits_then_found() -> None:
    index = PieceIndex(piece_tables(["acetone", "toluene", "permanganate"]))

    assert index.near("acteone") == {"acetone": 1}
    assert index.near("permangnaet") == {"permanganate": 2}
    assert index.near("benzene") == {}
