"""Links to preliminary information over the API: scope, decisions, dossier."""

import pytest

from risk.models import PreliminaryLink
from targeting.models.choices import Role
from tests.api.conftest import signed_in
from tests.factories.shipments import DeclarationFactory

pytestmark = pytest.mark.django_db

LINKS = "/api/v1/preliminary-links"


@pytest.fixture
def link():
    preliminary = DeclarationFactory(document_kind="preliminary", registration_number="PI-1")
    declaration = DeclarationFactory()
    return PreliminaryLink.objects.create(
        preliminary=preliminary,
        preliminary_number=preliminary.registration_number,
        declaration=declaration,
        declaration_number=declaration.registration_number,
        score=0.8,
        state="linked",
        grounds=["container"],
        compared=["importer"],
        differences=[{"field": "importer", "announced": "A", "declared": "B", "share": 1.0}],
    )


def test_link_when_listed_then_with_grounds_and_differences(analyst, link):
    (row,) = analyst.get(LINKS, {"state": "linked", "preliminary_number": "PI-1"}).json()["results"]
    assert (row["grounds"], row["score"]) == (["container"], 0.8)
    assert row["differences"][0]["declared"] == "B"
    assert analyst.get(LINKS, {"state": "rejected"}).json()["results"] == []


def test_link_when_decided_and_decided_again_then_the_last_word_counts(analyst, link):
    place = f"{LINKS}/{link.pk}/decide"
    assert analyst.post(place, {"is_same": False}).status_code == 400
    body = {"is_same": False, "reason": "another truck", "decided_by": "user:0", "score": 0}
    rejected = analyst.post(place, body).json()
    assert (rejected["state"], rejected["decided_by"]) == ("rejected", analyst.user.actor)
    assert rejected["score"] == 0.8
    again = analyst.post(place, {"is_same": True, "reason": "it was"}).json()
    assert (again["state"], again["reason"]) == ("confirmed", "it was")


def test_link_when_one_side_is_of_another_office_then_it_does_not_exist(link):
    here = signed_in(roles=[Role.ANALYST.value], reach="offices", offices=["55301"])
    assert here.get(f"{LINKS}/{link.pk}").status_code == 200
    link.preliminary.customs_office = "57502"
    link.preliminary.save()
    assert here.get(f"{LINKS}/{link.pk}").status_code == 404
    assert here.get(LINKS).json()["results"] == []
    assert (
        here.post(f"{LINKS}/{link.pk}/decide", {"is_same": True, "reason": "r"}).status_code == 404
    )
    dossier = here.get(f"/api/v1/declarations/{link.declaration_id}").json()
    assert dossier["preliminary"] == []


def test_dossier_when_announced_then_shown_from_both_sides_and_not_to_examiners(analyst, link):
    for pk in (link.declaration_id, link.preliminary_id):
        (row,) = analyst.get(f"/api/v1/declarations/{pk}").json()["preliminary"]
        assert row["id"] == link.pk
    examiner = signed_in(roles=[Role.EXAMINER.value])
    assert examiner.get(f"/api/v1/declarations/{link.declaration_id}").json()["preliminary"] is None
