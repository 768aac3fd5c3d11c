"""Filters of lists are called in the reader's language, each of them."""

import re

import pytest
from django.utils import translation

from targeting.filters.alerts import AlertFilter
from targeting.filters.channels import ChannelFilter
from targeting.filters.declarations import DeclarationFilter
from targeting.filters.outcomes import OutcomeFilter
from targeting.workbench.filter_words import OF_ALERTS, OF_INSPECTIONS, worded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("filters", "own"),
    [
        (AlertFilter, OF_ALERTS),
        (DeclarationFilter, None),
        (ChannelFilter, None),
        (OutcomeFilter, OF_INSPECTIONS),
    ],
)
def test_filters_when_shown_then_each_has_words_in_each_language(filters, own) -> None:
    def said(lang):
        with translation.override(lang):
            form = filters({}).form
            assert form.is_valid()
            return {one.name: (str(one.label), one.help_text) for one in worded(form, own)}

    english = said("en")
    assert [name for name, (label, _) in english.items() if label.startswith("[")] == []
    for lang in ("ru", "kk"):
        for name, told in said(lang).items():
            for mine, theirs in zip(told, english[name], strict=True):
                assert mine != theirs or not theirs, (lang, name)


@pytest.mark.parametrize("page", ["alerts", "declarations", "outcomes", "channels"])
def test_pages_when_their_filters_are_opened_then_in_the_language_of_the_page(
    analyst, page
) -> None:
    said = analyst.get(f"/workbench/{page}", headers={"accept-language": "ru"}).content.decode()
    form = said.partition('class="filters"')[2].partition("</details>")[0]
    labels = re.findall(r"<label[^>]*>([^<]+)</label>", form)
    told = labels + re.findall(r"<small[^>]*>([^<]+)</small>", form)
    assert len(labels) == len(set(labels)) > 5
    assert [one for one in told if not re.search("[а-я]", one)] == []
