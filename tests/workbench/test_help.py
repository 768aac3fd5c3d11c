"""Help in place: what the code says of itself, so that it cannot go stale."""

import pytest

from risk.domain.indicators import INDICATORS
from risk.models import RiskProfile
from shipments.domain.issue_sentences import SENTENCES
from tests.factories.risk import RiskProfileFactory

pytestmark = pytest.mark.django_db

HELP = "/workbench/help"


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_help_when_a_profile_is_in_use_then_every_indicator_with_its_weight(lang, analyst) -> None:
    profile = RiskProfileFactory()
    weight = profile.content["indicators"]["importer_new"]["weight"]
    said = analyst.get(HELP, headers={"Accept-Language": lang}).content.decode()
    for one in INDICATORS:
        assert f'<tr id="{one.code}">' in said
    row = said.partition('<tr id="importer_new">')[2].partition("</tr>")[0]
    assert f">{float(weight)}<" in row.replace(",", ".")
    assert f">{profile.content['lanes']['red']}" in said.replace(",", ".")


def test_help_when_no_profile_is_in_use_then_it_says_what_to_do(analyst) -> None:
    assert not RiskProfile.objects.exists()
    said = analyst.get(HELP).content.decode()
    assert "No risk profile is in use. A senior analyst approves one" in said


def test_help_is_for_those_who_read_cases(list_editor, submitter_person) -> None:
    assert list_editor.get(HELP).status_code == 403
    assert submitter_person.get(HELP).status_code == 403


def test_help_for_submitters_when_opened_then_every_code_of_an_issue(submitter_person) -> None:
    said = submitter_person.get("/workbench/submissions/help").content.decode()
    assert [code for code in SENTENCES if f'<tr id="{code}">' not in said] == []
    assert "{" not in said.partition("<main")[2].partition("</main>")[0]
