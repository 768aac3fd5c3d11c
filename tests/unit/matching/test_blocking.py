"""A text can match only if its keys meet those of the entries: against full screening."""

import csv
import random

import pytest

from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.blocking import blocking_keys, keys_for
from risk.domain.matching.engine import Screener
from risk.domain.substances import ListEntry, SubstanceName
from tests.unit.matching.conftest import FIXTURES

_TEXTS = 600


@pytest.fixture(scope="module")
def material() -> tuple[list[ListEntry], list[SubstanceName], list[tuple[str, str]]]:
    lists = read_lists(FIXTURES / "lists")
    names = [name for one in lists for name in one.names]
    names += read_names(FIXTURES / "names" / "synonyms.csv")
    with (FIXTURES / "matching" / "cases.csv").open(encoding="utf-8", newline="") as stream:
        texts = [(row["text"], row["commodity_code"]) for row in csv.DictReader(stream)]
    return [entry for one in lists for entry in one.entries], names, texts


@pytest.mark.parametrize("seed", range(3))
def test_keys_when_a_text_matches_then_they_meet(
    material: tuple[list[ListEntry], list[SubstanceName], list[tuple[str, str]]], seed: int
) -> None:
    all_entries, names, all_texts = material
    draw = random.Random(seed)
    chosen = set(draw.sample(sorted({entry.substance_key for entry in all_entries}), 12))
    entries = [entry for entry in all_entries if entry.substance_key in chosen]
    screener = Screener(entries, names)
    texts = draw.sample(all_texts, _TEXTS)
    stored = {text: blocking_keys(*text) for text in texts}

    met = keys_for(entries, names, frozenset().union(*stored.values()))

    matching = [text for text in texts if screener.screen(*text)]
    assert matching
    assert [text for text in matching if not stored[text] & met] == []


def test_keys_when_a_text_holds_nothing_near_then_they_do_not_meet(
    material: tuple[list[ListEntry], list[SubstanceName], list[tuple[str, str]]],
) -> None:
    entries, names, _texts = material
    piperonal = [entry for entry in entries if entry.substance_key == "piperonal"]
    stored = blocking_keys("хлопчатобумажные рубашки мужские, 20 коробок", "6205200000")

    assert keys_for(piperonal, names, stored) == frozenset()
