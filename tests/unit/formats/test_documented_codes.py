"""Every code that a reader of declarations can raise is in the guide and has its sentences."""

import re
from pathlib import Path

import pytest

from shipments.domain.issue_sentences import LANGUAGES, SENTENCES, issue_sentence
from shipments.domain.values import IdentifierKind

ROOT = Path(__file__).parents[3]
RAISED = re.compile(r'(?:InvalidValue|UnreadableFile)\(\s*"([a-z_]+)"')
# Raised by functions that intake does not call.
NOT_OF_INTAKE = {
    *("cas_rn_invalid", "unit_not_mass", "makeup_impossible", "document_codes_invalid"),
    *("calendar_invalid", "clocks_invalid"),
}
# Faults of the question, not of the message: they are answered as problems.
OF_THE_REQUEST = {
    "mapping_required",
    "mapping_refused",
    "mapping_unknown",
    "mapping_invalid",
    "habit_invalid",
    "not_a_table",
}


def raised_codes() -> set[str]:
    domain = ROOT / "shipments" / "domain"
    sources = [*domain.glob("formats/*.py"), *domain.glob("*.py")]
    codes = {code for path in sources for code in RAISED.findall(path.read_text("utf-8"))}
    return (codes | {f"{kind.value}_invalid" for kind in IdentifierKind}) - NOT_OF_INTAKE


def test_codes_when_raised_then_documented() -> None:
    guide = (ROOT / "docs" / "declaration-format.md").read_text(encoding="utf-8")
    undocumented = {code for code in raised_codes() if f"`{code}`" not in guide}
    assert len(raised_codes()) > 30
    assert undocumented == set()


def test_codes_when_raised_then_have_a_sentence_in_each_language() -> None:
    assert raised_codes() - OF_THE_REQUEST - set(SENTENCES) == set()
    assert all(len(sentences) == len(LANGUAGES) for sentences in SENTENCES.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentence_when_made_then_holds_the_value_and_no_place_holder(lang: str) -> None:
    for code in SENTENCES:
        made = issue_sentence(code, lang, field="f", value="{v}", allowed="a")
        assert made
        assert made != code
        assert "{field}" not in made
        assert "{allowed}" not in made
    assert "{v}" in issue_sentence("unit_unknown", lang, field="f", value="{v}", allowed="")


def test_sentence_when_the_code_is_of_an_older_version_then_the_code() -> None:
    assert issue_sentence("no_such", "ru", field="", value="", allowed="") == "no_such"
