"""Supply channels as people read and judge them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from risk.domain.network.exports import formats
from risk.models import Channel
from risk.services.channels import propose_supply_channels
from targeting.workbench.maps import Stop, country_stop, map_of
from targeting.workbench.world import countries, points
from tests.api.conftest import sign_in, signed_in
from tests.api.test_channels import DAY, NOW, OFFICE, World
from tests.factories.targeting import CustomsOfficeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    made = World()
    for n in range(6):
        made.sent(10 * n + 3, importer=n % 2)
    CustomsOfficeFactory(code=OFFICE, name="Almaty", latitude="43.25", longitude="76.95")
    propose_supply_channels(day=DAY, now=NOW)
    return Channel.objects.get()


def read(reader, address):
    answer = reader.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_list_when_opened_then_channels_in_scope_with_state_and_signs(analyst, channel) -> None:
    text = read(analyst, "/workbench/channels")
    assert f"/workbench/channels/{channel.pk}" in text
    assert "comes again and again" in text
    assert "No channel is like that" in read(analyst, "/workbench/channels?state=dismissed")
    far = signed_in(roles=["analyst"], reach="offices", offices=["99999"])
    assert "No channel is like that" in read(far, "/workbench/channels")
    assert far.get(f"/workbench/channels/{channel.pk}").status_code == 404


def test_channel_when_opened_then_map_timeline_members_and_masses(analyst, channel) -> None:
    text = read(analyst, f"/workbench/channels/{channel.pk}")
    assert text.count('<path class="here"') == 6
    assert "CN → Almaty: 6" in text
    assert "55313" in text  # a border office without coordinates is named
    for name in ("Importer 0", "Supplier", "Broker"):
        assert name in text
    assert "600" in text


def test_channel_when_opened_then_at_most_25_queries(analyst, channel) -> None:
    for address in ("/workbench/channels", f"/workbench/channels/{channel.pk}"):
        with CaptureQueriesContext(connection) as asked:
            read(analyst, address)
        assert len(asked) <= 25


def test_step_when_confirmed_then_the_state_and_the_reason_are_told(analyst, channel) -> None:
    address = f"/workbench/channels/{channel.pk}"
    body = {"confirm-reason": "Third time this spring", "confirm-level": "regional"}
    answer = analyst.post(f"{address}/confirm", body, format="multipart")
    assert answer.status_code == 302
    channel.refresh_from_db()
    assert (channel.state, channel.level) == ("confirmed", "regional")
    assert "Third time this spring" in read(analyst, address)


def test_step_when_without_a_reason_or_impossible_then_what_was_typed_is_kept(
    analyst, channel
) -> None:
    address = f"/workbench/channels/{channel.pk}"
    answer = analyst.post(f"{address}/confirm", {"confirm-reason": ""}, format="multipart")
    assert answer.status_code == 422
    body = {"reopen-reason": "Kept words"}
    answer = analyst.post(f"{address}/reopen", body, format="multipart")
    assert answer.status_code == 409
    assert analyst.post(f"{address}/liquidate", body, format="multipart").status_code == 403
    channel.refresh_from_db()
    assert channel.state == "suspected"


def test_world_when_read_then_countries_stand_where_they_are() -> None:
    assert len(countries()) > 170
    longitude, latitude = points()["KZ"]
    assert 60 < longitude < 75
    assert 44 < latitude < 52


def test_map_when_of_ways_then_lines_are_counted_and_near_countries_drawn() -> None:
    office = Stop("office", "1", "Almaty", (76.9, 43.2))
    china = country_stop("CN")
    made = map_of([[china, office], [china, office]])
    assert [line.told for line in made.lines] == ["CN → Almaty: 2"]
    named = {shape.name for shape in made.shapes if shape.is_named}
    assert named == {"China"}
    names = {shape.name for shape in made.shapes}
    assert "Kazakhstan" in names
    assert "Brazil" not in names
    assert map_of([[]]) is None
    assert country_stop("??") is None


def test_channels_when_taken_away_then_files_of_what_is_in_scope(analyst, channel) -> None:
    """As a browser asks: without a header that says what for."""
    person = sign_in(APIClient(), analyst.user)
    rows = person.get("/workbench/channels/sheet?state=suspected&page=2").content.decode()
    assert len(rows.splitlines()) == 2
    assert f"{channel.pk}," in rows
    none = person.get("/workbench/channels/sheet?state=dismissed").content.decode()
    assert len(none.splitlines()) == 1
    wrong = person.get("/workbench/channels/sheet?state=nothing", follow=True).content.decode()
    assert "There is nothing like that to write." in wrong
    place = f"/workbench/channels/{channel.pk}/file"
    assert b"Supplier" in person.get(place, {"as": "csv"}).content
    far = signed_in(roles=["analyst"], reach="offices", offices=["99999"])
    assert far.get(place, {"as": "csv"}).status_code == 404
    assert len(far.get("/workbench/channels/sheet").content.decode().splitlines()) == 1


def test_picture_when_of_too_many_nodes_then_told_on_the_page(
    analyst, channel, monkeypatch
) -> None:
    monkeypatch.setattr(formats, "MOST_NODES", 1)
    place = f"/workbench/channels/{channel.pk}/file?as=svg"
    assert "Nobody can read a picture" in analyst.get(place, follow=True).content.decode()
