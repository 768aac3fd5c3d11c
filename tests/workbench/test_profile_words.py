"""What the profile says of an indicator stands in the reader's language."""

import pytest
from django.utils.translation import override

from risk.domain.profile import read_profile
from targeting.workbench.profile_words import DELIVERED, rule_words
from tests.factories.targeting import flagged_shipment
from tests.unit.risk.builders import PROFILE_PATH

RULES = set(read_profile(PROFILE_PATH).rules.values())


@pytest.mark.django_db
def test_alert_when_read_in_russian_then_no_english_rule_beside_its_sentence(analyst) -> None:
    alert = flagged_shipment()  # one of its reasons is a licence that is missing
    address = f"/workbench/alerts/{alert.pk}"
    english = "A controlled substance without its licence in graph 44."
    assert english in analyst.get(address, headers={"Accept-Language": "en"}).content.decode()
    text = analyst.get(address, headers={"Accept-Language": "ru"}).content.decode()
    assert english not in text
    assert "Подконтрольное вещество без лицензии в графе 44." in text


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_rule_when_of_the_delivered_profile_then_in_the_readers_language(lang) -> None:
    assert len(RULES) > 20
    with override(lang):
        assert [rule for rule in RULES if rule_words(rule) == rule] == []


def test_words_when_kept_for_the_catalogues_then_those_of_the_delivered_profile() -> None:
    with override("en"):
        assert {str(words) for words in DELIVERED} == RULES


def test_rule_when_of_an_offices_own_profile_then_as_it_was_written() -> None:
    with override("ru"):
        assert rule_words("Свои слова.") == "Свои слова."
        assert rule_words("") == ""
