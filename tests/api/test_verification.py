"""Compare with the gazette: the editors' list, and the badge wherever an entry appears."""

from datetime import timedelta

import pytest

from risk.models import ListEdition, SubstanceMatch
from targeting.selectors.verification import VerifiedLists
from tests.api.test_dossier import DECLARATIONS
from tests.factories.risk import SubstanceIdentifierFactory, SubstanceNameFactory
from tests.factories.targeting import flagged_shipment
from tests.integration.test_law import START, make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
TO_DO = "/api/v1/unverified-entries"


@pytest.fixture
def law():
    make_edition(1, None, ["safrole"], code="B")
    return make_edition(1, None, ["acetone", "ether"], is_limit_known=False)


def test_the_badge_of_an_upcoming_match_is_that_of_the_edition_to_come(law):
    ListEdition.objects.filter(pk=law.pk).update(verified_by="user:7", verified_on=START)
    make_edition(2, START, ["acetone", "toluene"])
    lists, before = VerifiedLists(), START - timedelta(days=5)
    assert lists.behind(SubstanceMatch(is_upcoming=False), before) == {"A"}
    assert lists.behind(SubstanceMatch(is_upcoming=True), before) == frozenset()


def forms(answer):
    assert answer.status_code == 200, answer.json()
    return [one["form_name"] for one in answer.json()["results"]]


def test_an_editor_sees_what_to_compare_and_verifies_it_entry_by_entry(law, list_editor):
    counts = list_editor.get(f"{TO_DO}/count").json()
    assert [(one["list_code"], one["entry_count"], one["unverified_count"]) for one in counts] == [
        ("A", 2, 2),
        ("B", 1, 1),
    ]
    entry = list_editor.get(f"{TO_DO}?list=A&q=acet").json()["results"][0]
    assert (entry["form_name"], entry["edition"], entry["is_limit_known"]) == ("acetone", 1, False)
    body = {"entries": [entry["id"]], "note": "gazette 12 of 2026"}
    assert list_editor.post(entry["verify"], body).status_code == 200
    assert forms(list_editor.get(f"{TO_DO}?list=A")) == ["ether"]
    assert not ListEdition.objects.get(pk=law.pk).is_verified
    (left,) = list_editor.get(f"{TO_DO}?list=A").json()["results"]
    list_editor.post(left["verify"], body | {"entries": [left["id"]]})
    assert [one["list_code"] for one in list_editor.get(f"{TO_DO}/count").json()] == ["B"]
    edition = ListEdition.objects.get(pk=law.pk)
    assert edition.is_verified
    assert edition.verified_by == list_editor.user.actor
    shown = list_editor.get("/api/v1/lists/A/editions/1/entries").json()["results"]
    assert {(one["is_verified"], one["verified_by"]) for one in shown} == {
        (True, list_editor.user.actor)
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=108-20-3", ["ether"]),
        ("?q=серный", ["ether"]),
        ("?limit_known=true", ["safrole"]),
        ("?limit_known=false&edition=1", ["acetone", "ether"]),
        ("?kind=narcotic", []),
        ("?state=approved&list=B", ["safrole"]),
        ("?state=draft", []),
    ],
)
def test_the_list_when_filtered_then_narrowed(law, auditor, query, found):
    ether = law.entries.get(form_name="ether").substance
    SubstanceNameFactory(substance=ether, name="серный эфир", lang="ru")
    SubstanceIdentifierFactory(substance=ether, value="108-20-3")
    assert forms(auditor.get(f"{TO_DO}{query}")) == found


def test_what_is_no_law_any_more_is_no_work(law, list_editor):
    make_edition(2, START, ["acetone"])
    ListEdition.objects.filter(pk=law.pk).update(state="superseded")
    assert {
        (one["list_code"], one["edition"]) for one in list_editor.get(f"{TO_DO}/count").json()
    } == {
        ("A", 2),
        ("B", 1),
    }


@pytest.mark.parametrize("is_verified", [False, True])
def test_a_match_and_an_alert_wear_the_badge(analyst, is_verified):
    edition = make_edition(1, None, ["acetone"], code="un1988-t1")
    if is_verified:
        ListEdition.objects.filter(pk=edition.pk).update(verified_by="user:1")
    alert = flagged_shipment()
    dossier = analyst.get(f"{DECLARATIONS}{alert.declaration_id}/").json()
    assert dossier["items"][0]["matches"][0]["is_verified"] is is_verified
    (row,) = analyst.get("/api/v1/alerts").json()["results"]
    assert [one["is_verified"] for one in row["substances"]] == [is_verified]
