"""What was read compressed is changed as what was not: its ETag is called weak on the way."""

import pytest

from tests.api.test_editions import DESCRIPTION, DRAFT, LIST
from tests.api.test_profiles import PLACE as PROFILES
from tests.api.test_substances import NAME
from tests.factories.risk import RiskProfileFactory
from tests.factories.targeting import flagged_shipment
from tests.integration.test_law import make_edition, only_own_lists

__all__ = ["only_own_lists"]

pytestmark = pytest.mark.django_db


def read(client, place):
    """The ETag of a compressed answer."""
    answer = client.get(place, headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert answer["ETag"].startswith("W/")
    return {"If-Match": answer["ETag"]}


def test_alert_when_read_compressed_then_it_can_be_taken(analyst):
    place = f"/api/v1/alerts/{flagged_shipment().pk}"
    assert analyst.post(f"{place}/take", headers=read(analyst, place)).status_code == 200


def test_edition_when_read_compressed_then_it_can_be_changed(list_editor, only_own_lists):
    make_edition(1, None, ["acetone", "ether"])
    list_editor.post(LIST)
    marks = read(list_editor, DRAFT)
    assert list_editor.put(DRAFT, DESCRIPTION, headers=marks).status_code == 200
    assert list_editor.put(DRAFT, DESCRIPTION, headers=marks).status_code == 412


def test_profile_when_read_compressed_then_it_can_be_discarded(senior_analyst):
    RiskProfileFactory(version=9)
    place = f"{PROFILES}/{senior_analyst.post(PROFILES).json()['id']}"
    assert senior_analyst.delete(place, headers=read(senior_analyst, place)).status_code == 204


def test_substance_when_read_compressed_then_it_can_be_changed(list_editor, only_own_lists):
    make_edition(1, None, ["acetone", "ether"])
    place = "/api/v1/substances/acetone"
    marks = read(list_editor, place)
    answer = list_editor.put(f"{place}/names", NAME, headers=marks)
    assert answer.status_code == 200, answer.json()
