"""Supply channels: proposed once from what recurs, moved by analysts, seen where all of it lies."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.models import Channel
from risk.services.channels import propose_supply_channels
from tests.api.conftest import signed_in
from tests.factories.risk import (
    AssessmentBasisFactory,
    IndicatorRowFactory,
    RiskAssessmentFactory,
    SubstanceFactory,
    SubstanceMatchFactory,
)
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)
from tests.factories.targeting import CustomsOfficeFactory

pytestmark = pytest.mark.django_db

API, OFFICE = "/api/v1/channels", "55301"
DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class World:
    def __init__(self):
        self.substance, self.basis = SubstanceFactory(), AssessmentBasisFactory()
        self.importers = [PartyFactory(name=f"Importer {n}") for n in range(2)]
        self.supplier, self.broker = PartyFactory(name="Supplier"), PartyFactory(name="Broker")
        for party in self.importers:
            PartyIdentifierFactory(party=party, kind="phone", value="+77010000000")

    def sent(
        self, days_before, importer=0, is_found=True, is_permitted=False, office=OFFICE, **given
    ):
        one = DeclarationFactory(
            accepted_at=NOW - timedelta(days=days_before), customs_office=office,
            border_office="55313", country_of_dispatch="CN", document_kind="import",
            direction="import", **given,
        )  # fmt: skip
        item = GoodsItemFactory(declaration=one, item_number=1, net_mass_kg=100)
        for position, (role, party) in enumerate((
            ("importer", self.importers[importer]), ("consignor", self.supplier),
            ("representative", self.broker),
        )):  # fmt: skip
            PartyRoleFactory(declaration=one, party=party, role=role, position=position)
        if is_found:
            SubstanceMatchFactory(
                goods_item=item, substance=self.substance, method="fuzzy", is_flagged=True
            )
            assessed = RiskAssessmentFactory(declaration=one, basis=self.basis)
            if not is_permitted:
                IndicatorRowFactory(assessment=assessed, code="licence_missing")
        return one

    def amended(self, before, days_before, **given):
        return self.sent(
            days_before, registration_number=before.registration_number,
            version=before.version + 1, supersedes=before, **given,
        )  # fmt: skip


@pytest.fixture
def world():
    """Six suspect consignments in two months, one under a permit, one of other goods."""
    made = World()
    for n in range(6):
        made.sent(10 * n + 3, importer=n % 2)
    made.sent(12, is_permitted=True)
    made.sent(14, is_found=False)
    return made


def propose(day=DAY):
    return propose_supply_channels(day=day, now=NOW)


def test_a_pattern_is_proposed_once_with_members_masses_and_timeline(analyst, world):
    CustomsOfficeFactory(code="55313", region="South", latitude="42", longitude="69.5")
    (channel,) = propose()
    assert propose() == [channel]
    with CaptureQueriesContext(connection) as queries:
        (row,) = analyst.get(API).json()["results"]
    assert len(queries) <= 8
    assert (row["state"], row["level"]) == ("suspected", "international")
    assert (row["declaration_count"], row["mass_kg"]) == (6, "600.000000")
    assert {"recurs", "importers_linked", "names_disguised"} <= {
        sign["code"] for sign in row["signs"]
    }
    full = analyst.get(f"{API}/{channel.pk}").json()
    members = {(one["role"], one["party"]["name"]): one["declaration_count"]
               for one in full["members"]}  # fmt: skip
    assert members == {
        ("importer", "Importer 0"): 3, ("importer", "Importer 1"): 3,
        ("supplier", "Supplier"): 6, ("broker", "Broker"): 6,
    }  # fmt: skip
    (border, declared) = full["places"]
    assert (border["kind"], border["code"], border["declaration_count"]) == (
        "border_office", "55313", 6,
    )  # fmt: skip
    assert (border["region"], border["latitude"]) == ("South", "42.000000")
    assert (declared["code"], declared["name"], declared["longitude"]) == (OFFICE, "", None)
    moments = [one["accepted_at"] for one in full["consignments"]]
    assert moments == sorted(moments)
    assert [one["is_suspect"] for one in full["consignments"]].count(False) == 2


def two_channels(world):
    """Of two importers who share nothing yet, each with its own consignments."""
    other = World.__new__(World)
    other.substance, other.basis = world.substance, world.basis
    other.supplier, other.broker = PartyFactory(name="Supplier 2"), PartyFactory(name="Broker 2")
    other.importers = [PartyFactory(name=f"Apart {n}") for n in range(2)]
    for party in other.importers:
        PartyIdentifierFactory(party=party, kind="phone", value="+77020000000")
    for n in range(6):
        other.sent(9 * n + 4, importer=n % 2)
    return other, sorted(propose(), key=lambda one: one.pk)


def test_two_open_channels_that_one_pattern_joins_become_one(analyst, world):
    other, (first, second) = two_channels(world)
    PartyIdentifierFactory(party=other.importers[0], kind="phone", value="+77010000000")
    (whole,) = propose()
    assert whole == first
    assert propose() == [first]
    row = analyst.get(f"{API}/{second.pk}").json()
    assert (row["state"], row["joined_to"]) == ("joined", first.pk)
    assert [(act["move"], act["by"]) for act in row["acts"]] == [("join", "search")]
    assert row["declaration_count"] == 6
    full = analyst.get(f"{API}/{first.pk}").json()
    assert (full["declaration_count"], full["joined_to"]) == (12, None)
    importers = {one["party"]["name"] for one in full["members"] if one["role"] == "importer"}
    assert importers == {"Importer 0", "Importer 1", "Apart 0", "Apart 1"}
    for move in ("confirm", "dismiss", "reopen"):
        refused = analyst.post(f"{API}/{second.pk}/{move}", {"reason": "x"})
        assert (refused.status_code, refused.json()["params"]["allowed"]) == (409, "none")
    states = {one["id"]: one["state"] for one in analyst.get(API).json()["results"]}
    assert states == {first.pk: "suspected", second.pk: "joined"}


def test_the_confirmed_channel_has_what_joins(analyst, world):
    other, (first, second) = two_channels(world)
    assert analyst.post(f"{API}/{second.pk}/confirm", {"reason": "known"}).status_code == 200
    PartyIdentifierFactory(party=other.importers[0], kind="phone", value="+77010000000")
    assert propose() == [second]
    first.refresh_from_db()
    assert (first.state, first.joined_to) == ("joined", second)


def test_two_confirmed_channels_stay_two(analyst, world):
    other, channels = two_channels(world)
    for one in channels:
        assert analyst.post(f"{API}/{one.pk}/confirm", {"reason": "known"}).status_code == 200
    PartyIdentifierFactory(party=other.importers[0], kind="phone", value="+77010000000")
    assert propose() == [channels[0]]
    assert set(Channel.objects.values_list("state", flat=True)) == {"confirmed"}


def test_what_comes_again_joins_the_channel_and_none_is_made_of_too_little(world):
    (channel,) = propose()
    world.sent(1)
    assert propose() == [channel]
    channel.refresh_from_db()
    assert (channel.declaration_count, channel.mass_kg) == (7, 700)
    assert Channel.objects.count() == 1
    assert propose(DAY + timedelta(days=110)) == []


def test_an_amended_consignment_is_counted_once_and_stays_in_its_channel(analyst):
    world = World()
    sent = [world.sent(10 * n + 3, importer=n % 2) for n in range(6)]
    (channel,) = propose()
    latest = [world.amended(one, 10 * n + 3, importer=0) for n, one in enumerate(sent)]
    assert propose() == [channel]
    channel.refresh_from_db()
    assert (channel.declaration_count, channel.mass_kg) == (6, 600)
    assert set(channel.consignments.values_list("declaration", flat=True)) == {
        one.pk for one in latest
    }
    importers = channel.members.filter(role="importer")
    assert list(importers.values_list("party", "declaration_count")) == [(world.importers[0].pk, 6)]
    analyst.post(f"{API}/{channel.pk}/dismiss", {"reason": "so"}, format="json")
    for n, one in enumerate(latest):
        world.amended(one, 10 * n + 3)
    assert propose() == []


def test_members_keep_the_consignments_that_left_the_window(world):
    (channel,) = propose()
    for days in (60, 65, 70, 80):
        world.sent(-days)
    assert propose(DAY + timedelta(days=100)) == [channel]
    channel.refresh_from_db()
    supplier = channel.members.get(role="supplier")
    assert (channel.declaration_count, supplier.declaration_count) == (10, 10)


def test_moves_follow_the_table_and_an_impossible_one_names_the_allowed(world):
    (channel,) = propose()
    analyst, senior = signed_in(roles=["analyst"]), signed_in(roles=["senior_analyst"])
    at = f"{API}/{channel.pk}"
    refused = senior.post(f"{at}/liquidate", {"reason": "raid"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert "confirm, dismiss" in str(refused.json())
    assert analyst.post(f"{at}/confirm", {"reason": " "}, format="json").status_code == 400
    told = {"reason": "seen together", "level": "regional"}
    assert analyst.post(f"{at}/confirm", told, format="json").json()["level"] == "regional"
    assert analyst.post(f"{at}/liquidate", {"reason": "x"}, format="json").status_code == 403
    done = senior.post(f"{at}/liquidate", {"reason": "raid"}, format="json").json()
    assert (done["state"], done["level"]) == ("liquidated", "regional")
    acts = analyst.get(at).json()["acts"]
    assert [(act["move"], act["reason"]) for act in acts] == [
        ("confirm", "seen together"), ("liquidate", "raid")
    ]  # fmt: skip
    days = "date_from=2020-01-01&date_to=2100-01-01"
    assert analyst.get(f"{API}/counts?{days}").json() == [
        {"move": "confirm", "level": "regional", "channels": 1},
        {"move": "liquidate", "level": "regional", "channels": 1},
    ]
    assert analyst.get(f"{API}/counts?date_from=2020-01-01&date_to=2020-02-01").json() == []


@pytest.mark.parametrize("move", ["confirm", "dismiss"])
def test_a_move_sets_nothing_but_what_it_says(analyst, world, move):
    (channel,) = propose()
    before = Channel.objects.values("score", "mass_kg", "substance", "proposed_at").get()
    told = {
        "reason": "so", "id": 999, "state": "liquidated", "score": 0, "mass_kg": 0, "substance": 0,
        "by": "user:999", "at": "2000-01-01T00:00:00Z", "follows": channel.pk,
        "proposed_at": "2000-01-01T00:00:00Z",
    }  # fmt: skip
    analyst.post(f"{API}/{channel.pk}/{move}", told, format="json")
    channel.refresh_from_db()
    assert channel.state == {"confirm": "confirmed", "dismiss": "dismissed"}[move]
    assert channel.follows_id is None
    assert Channel.objects.values("score", "mass_kg", "substance", "proposed_at").get() == before
    assert channel.acts.get().by == analyst.user.actor


def test_a_dismissed_channel_comes_back_by_what_is_new_alone(analyst, world):
    (channel,) = propose()
    analyst.post(f"{API}/{channel.pk}/dismiss", {"reason": "paint maker"}, format="json")
    assert propose() == []
    for days in (0, 5, 11, 17):
        world.sent(days)
    (again,) = propose()
    assert (again.follows_id, again.declaration_count) == (channel.pk, 4)
    assert analyst.get(f"{API}?state=dismissed").json()["results"][0]["id"] == channel.pk
    found = analyst.get(f"{API}?party={world.importers[0].pk}").json()["results"]
    assert {row["id"] for row in found} == {channel.pk, again.pk}
    latest = again.consignments.filter(is_suspect=True).latest("declaration__accepted_at")
    found = analyst.get(f"{API}?declaration={latest.declaration_id}").json()["results"]
    assert again.pk in {row["id"] for row in found}


def test_a_channel_through_several_offices_is_for_who_sees_them_all(world):
    (channel,) = propose()
    near = signed_in(reach="offices", offices=[OFFICE])
    assert [row["id"] for row in near.get(API).json()["results"]] == [channel.pk]
    world.sent(2, office="50000")
    propose()
    assert near.get(API).json()["results"] == []
    assert near.get(f"{API}/{channel.pk}").status_code == 404


def test_the_sheet_has_a_row_a_consignment_within_the_scope(analyst, world):
    (channel,) = propose()
    content = analyst.get(f"{API}/sheet?state=suspected").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == channel.consignments.count() == 8
    assert {row["channel"] for row in rows} == {str(channel.pk)}
    assert [row["is_suspect"] for row in rows].count("true") == 6
    assert rows[0]["substance_key"] == world.substance.key
    assert {row["border_office"] for row in rows} == {"55313"}
    assert analyst.get(f"{API}/sheet?state=confirmed").content.decode("utf-8-sig").count("\n") == 1
    far = signed_in(reach="offices", offices=["50000"])
    assert far.get(f"{API}/sheet").content.decode("utf-8-sig").count("\n") == 1
