"""What is read has an ETag, and who has it already is answered 304, without a body."""

import pytest

from shipments.models import Party
from tests.factories.shipments import DeclarationFactory

pytestmark = pytest.mark.django_db
PLACES = (
    "declarations",
    "declarations/{declaration}",
    "parties",
    "me",
    "lanes",
    "statistics/goods",
)


@pytest.mark.parametrize("place", PLACES)
def test_answer_when_known_then_304_until_it_is_another(place, senior_analyst):
    declaration = DeclarationFactory()
    address = f"/api/v1/{place.format(declaration=declaration.pk)}"
    first = senior_analyst.get(address)
    known = {"If-None-Match": first["ETag"]}
    again = senior_analyst.get(address, headers=known)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["ETag"] == first["ETag"]
    assert {"Accept-Language", "Cookie"} <= set(again["Vary"].split(", "))
    weak = senior_analyst.get(address, headers={"If-None-Match": f"W/{first['ETag']}"})
    assert weak.status_code == 304
    other = senior_analyst.get(address, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_answer_when_a_row_changes_then_another_etag(senior_analyst):
    declaration = DeclarationFactory()
    party = Party.objects.create(key="name:x", name="ТОО «Сириус»")
    for address, change in (
        (f"/api/v1/parties/{party.pk}", lambda: Party.objects.update(name="ТОО «Вега»")),
        ("/api/v1/declarations", lambda: declaration.delete()),
    ):
        first = senior_analyst.get(address)
        change()
        later = senior_analyst.get(address, headers={"If-None-Match": first["ETag"]})
        assert later.status_code in (200, 404)
        assert later.get("ETag") != first["ETag"]


def test_refusal_then_no_etag_and_a_known_answer_opens_nothing(senior_analyst, partner):
    known = senior_analyst.get("/api/v1/declarations")["ETag"]
    refused = partner.get("/api/v1/declarations", headers={"If-None-Match": known})
    assert refused.status_code == 403
    assert "ETag" not in refused
