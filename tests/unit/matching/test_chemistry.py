"""The veto of chemistry: what a typing error may do to a name, and what it may not."""

import pytest

from risk.domain.matching.chemistry import may_be_misspelt
from risk.domain.matching.sound import sound


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("acetonne", "acetone"),
        ("acteone", "acetone"),
        ("metylamine", "methylamine"),
        ("piperidne", "piperidine"),
        ("перманганнаткалия", "перманганаткалия"),
    ],
)
def test_may_be_misspelt_when_keys_slipped_then_yes(spelling: str, name: str) -> None:
    assert may_be_misspelt(sound(spelling), sound(name))


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("ethylamine", "methylamine"),
        ("methylphenylacetate", "ethylphenylacetate"),
        ("1,3butanediol", "1,4butanediol"),
        ("acetane", "acetone"),
        ("acetonal", "acetonol"),
        ("potassiummanganate", "potassiumpermanganate"),
        ("benzylbromide", "benzylchloride"),
        ("этиламин", "метиламин"),
        ("aceto", "aceton"),
        ("ketone", "acetone"),
    ],
)
def test_may_be_misspelt_when_it_is_another_molecule_then_no(spelling: str, name: str) -> None:
    assert not may_be_misspelt(sound(spelling), sound(name))
