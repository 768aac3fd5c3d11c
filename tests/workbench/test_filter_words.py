"""Filters of lists are called in the reader's language, each of them."""

import pytest
from django.utils import translation

from targeting.filters.alerts import AlertFilter
from targeting.filters.channels import ChannelFilter
from targeting.filters.declarations import DeclarationFilter
from targeting.filters.outcomes import OutcomeFilter
from targeting.workbench.filter_words import OF_INSPECTIONS, worded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("filters", "own"),
    [
        (AlertFilter, None),
        (DeclarationFilter, None),
        (ChannelFilter, None),
        (OutcomeFilter, OF_INSPECTIONS),
    ],
)
def test_filters_when_shown_then_each_has_words_in_each_language(filters, own) -> None:
    def said(lang):
        with translation.override(lang):
            form = worded(filters({}).form, own)
            return {
                name: (str(field.label), str(field.help_text))
                for name, field in form.fields.items()
            }

    english = said("en")
    assert [name for name, (label, _) in english.items() if label.startswith("[")] == []
    for lang in ("ru", "kk"):
        for name, told in said(lang).items():
            for mine, theirs in zip(told, english[name], strict=True):
                assert mine != theirs or not theirs, (lang, name)
