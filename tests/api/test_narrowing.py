"""Answers with some of their fields alone."""

import pytest

from risk.models import Substance
from tests.api.test_permit_matches import acetone
from tests.factories.authorisations import entry, register
from tests.factories.risk import LawEntryFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

ALERTS = "/api/v1/alerts"


@pytest.fixture
def alert():
    return flagged_shipment(lane="red")


def test_list_when_fields_are_asked_for_then_each_row_has_them_alone(analyst, alert):
    page = analyst.get(ALERTS, {"fields": "id, lane", "lane": "red"}).json()
    assert page == {"next": None, "results": [{"id": alert.pk, "lane": "red"}]}


def test_row_when_fields_are_asked_for_then_it_has_them_alone(analyst, alert):
    answer = analyst.get(f"{ALERTS}/{alert.pk}", {"fields": "score"})
    assert answer.json().keys() == {"score"}
    assert answer["ETag"]


def test_pages_when_narrowed_then_the_next_one_is_too(analyst, alert):
    flagged_shipment(lane="red")
    page = analyst.get(ALERTS, {"fields": "id", "page_size": 1}).json()
    assert [row.keys() for row in analyst.get(page["next"]).json()["results"]] == [{"id"}]


def test_list_without_pages_when_narrowed_then_each_row_is(analyst):
    register(entry())
    LawEntryFactory(substance=Substance.objects.get(key="acetone"))
    place = f"/api/v1/declarations/{acetone('D1').pk}/four-way-check"
    whole = analyst.get(place).json()
    assert whole
    names = sorted(whole[0])[:2]
    some = analyst.get(place, {"fields": ",".join(names)}).json()
    assert some == [{name: row[name] for name in names} for row in whole]
    assert analyst.get(place, {"fields": "colour"}).status_code == 400


MANY = ",".join(f"a{number}" for number in range(60))


@pytest.mark.parametrize("fields", ["colour", "id,colour", "", "id,,lane", MANY])
def test_fields_when_nobody_knows_them_then_refused(analyst, alert, fields):
    for place in (ALERTS, f"{ALERTS}/{alert.pk}"):
        answer = analyst.get(place, {"fields": fields})
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["errors"][0]["field"] == "fields"


def test_fields_when_a_page_is_empty_then_none_is_known(analyst):
    assert analyst.get(ALERTS, {"fields": "id"}).json()["results"] == []


def test_fields_when_hidden_from_the_caller_then_hidden_still(examiner, analyst, alert):
    """Narrowing takes away and never adds."""
    place = f"/api/v1/declarations/{alert.declaration_id}"
    whole = examiner.get(place).json()
    names = sorted(whole)[:3]
    some = examiner.get(place, {"fields": ",".join(names)}).json()
    assert some == {name: whole[name] for name in names}
