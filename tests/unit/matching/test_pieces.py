"""The index finds every key within its allowed edits, as comparing with all keys would."""

from random import Random

import pytest
from rapidfuzz.distance import OSA

from risk.domain.matching.pieces import PieceIndex, allowed_edits, piece_tables

LETTERS = "abcde"
ARTICLES = "abж019,丙"
LENGTHS = (5, 6, 7, 8, 9, 10, 12, 15, 17, 18, 19, 24)


def _word(draw: Random, characters: str) -> str:
    return "".join(draw.choice(characters) for _ in range(draw.choice(LENGTHS)))


def _edited(draw: Random, word: str, characters: str) -> str:
    """The word with a letter changed, added, left out, or swapped with the next."""
    at, kind = draw.randrange(len(word)), draw.choice("canl")
    if kind == "c":
        return word[:at] + draw.choice(characters) + word[at + 1 :]
    if kind == "a":
        return word[:at] + draw.choice(characters) + word[at:]
    if kind == "n":
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def _near_by_comparison(word: str, keys: list[str]) -> set[str]:
    found = set()
    for key in keys:
        edits, difference = allowed_edits(len(key)), abs(len(key) - len(word))
        is_comparable = difference <= min(edits, 2) and (difference < 2 or len(word) >= 11)
        if is_comparable and OSA.distance(word, key, score_cutoff=edits) <= edits:
            found.add(key)
    return found


@pytest.mark.parametrize(("seed", "characters"), [(1, LETTERS), (2, LETTERS), (3, ARTICLES)])
def test_near_when_words_carry_edits_then_the_keys_that_comparison_finds(
    seed: int, characters: str
) -> None:
    draw = Random(seed)
    keys = sorted({_word(draw, characters) for _ in range(300)})
    index = PieceIndex(piece_tables(keys))
    for _ in range(300):
        word = draw.choice(keys)
        for _ in range(draw.randrange(4)):
            word = _edited(draw, word, characters)
        assert set(index.near(word)) == _near_by_comparison(word, keys), word
        assert index.has_near(word) == bool(_near_by_comparison(word, keys)), word


def test_may_have_near_when_too_few_letters_then_no_key_is_near() -> None:
    draw = Random(4)
    keys = sorted({_word(draw, LETTERS) for _ in range(100)} | {"12abc45", "丙abcde酮"})
    index = PieceIndex(piece_tables(keys))
    words = [_word(draw, ARTICLES) for _ in range(300)] + ["12ab45", "712350", "793027"]
    refused = [word for word in words if not index.may_have_near(word)]
    assert "793027" in refused
    assert "12ab45" not in refused
    assert not any(_near_by_comparison(word, keys) for word in refused)
