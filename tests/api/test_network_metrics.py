"""A party's place in the whole network: measured at night, kept up by day, for central eyes."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.domain.network.standings import Snapshot
from risk.models import (
    NetworkBase,
    NetworkRun,
    PartyAlias,
    PartyLink,
    PartyMetrics,
    PartyTie,
    WatchlistEntry,
)
from risk.services.network_metrics import measure_network, refresh_network
from targeting.tasks import measure_whole_network
from tests.api.conftest import signed_in
from tests.factories.shipments import (
    DeclarationFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)

pytestmark = pytest.mark.django_db

API, OFFICE = "/api/v1", "55301"
DAY, NOW = date(2026, 3, 10), datetime(2026, 3, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def traded(one, other, count=1, kind="trade"):
    PartyLink.objects.create(
        source=one, target=other, kind=kind, declaration_count=count, mass_kg=1,
        first_seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip


def watched(party, phone="+77010000000"):
    PartyIdentifierFactory(party=party, kind="phone", value=phone)
    WatchlistEntry.objects.create(
        kind="phone", value=phone, reason="a tip", source="a system", valid_from=DAY,
        state="active", proposed_by="user:1", proposed_person="person:1", proposed_at=NOW,
        approved_by="user:2", approved_person="person:2", approved_at=NOW,
    )  # fmt: skip


@pytest.fixture
def chain():
    """Watched - supplier - importer, another pair apart, and one without any link."""
    made = [PartyFactory(name=name) for name in ("Watched", "Supplier", "Importer", "A", "B", "C")]
    traded(made[1], made[0], 3)
    traded(made[2], made[1])
    traded(made[3], made[4])
    watched(made[0])
    return made


def numbers():
    rows = PartyMetrics.objects.order_by("party").values_list("party__name", "proximity")
    return {name: round(share, 4) for name, share in rows}


def answer(client, party):
    return client.get(f"{API}/parties/{party.pk}/metrics").json()


def test_the_nearer_to_the_watched_the_higher_and_others_are_at_nought(analyst, chain):
    run = measure_network(day=DAY, now=NOW)
    assert (run.node_count, run.edge_count, run.seed_count) == (5, 3, 1)
    assert (run.component_count, run.community_count, run.hub_count) == (2, 2, 0)
    found = numbers()
    assert found["Watched"] > found["Importer"] > 0 == found["A"] == found["B"]
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)
    place = answer(analyst, chain[2])
    assert (place["rank"], place["ranked"]) == (3, 3)
    own = place["metrics"]
    assert (own["component"], own["component_parties"]) == (chain[0].pk, 3)
    assert (own["community"], own["community_parties"]) == (chain[0].pk, 3)
    assert (own["core"], own["betweenness"], own["degree"]) == (1, 0, 1)
    assert answer(analyst, chain[1])["metrics"]["betweenness"] == 1
    assert answer(analyst, chain[0])["metrics"]["is_seed"] is True
    assert place["run"]["day"] == "2026-03-10"
    assert {one["name"] for one in place["meanings"]} > {"proximity", "component", "core"}


def test_without_links_or_before_the_first_night_there_are_no_numbers(analyst, chain):
    assert answer(analyst, chain[0])["run"] is None
    measure_network(day=DAY, now=NOW)
    empty = answer(analyst, chain[5])
    assert (empty["metrics"], empty["rank"], empty["ranked"]) == (None, None, None)
    assert answer(analyst, chain[3])["rank"] is None


def test_a_day_is_measured_once_and_the_next_begins_where_it_ended(chain):
    assert measure_network(day=DAY, now=NOW) is not None
    before = numbers()
    assert measure_network(day=DAY, now=LATER) is None
    assert measure_network(day=DAY + timedelta(days=1), now=LATER) is not None
    assert numbers() == before
    assert NetworkRun.objects.count() == 2
    assert NetworkBase.objects.count() == 1


def test_shared_phones_and_containers_connect_and_merged_parties_are_one(chain):
    _, _, importer, one, other, alone = chain
    for party in (importer, one):
        PartyIdentifierFactory(party=party, kind="phone", value="+77019999999")
    PartyIdentifierFactory(party=alone, kind="bin", value="123456789012")
    for party in (other, alone):
        PartyTie.objects.create(
            party=party, kind="container", value="MSKU1", first_seen_at=NOW, last_seen_at=NOW,
            declaration_count=1, mass_kg=1,
        )  # fmt: skip
    run = measure_network(day=DAY, now=NOW)
    # Three links, two ends each of a phone and of a container; the watched phone has one holder.
    assert (run.component_count, run.edge_count) == (1, 7)
    PartyAlias.objects.create(party=other, representative=one)
    run = measure_network(day=DAY + timedelta(days=1), now=LATER)
    assert (run.edge_count, PartyMetrics.objects.count()) == (6, 5)


def test_a_refresh_gives_what_measuring_anew_gives(chain):
    measure_network(day=DAY, now=NOW)
    traded(chain[3], chain[2], 5)
    traded(chain[4], chain[5])
    for party in (chain[0], chain[5]):
        PartyIdentifierFactory(party=party, kind="email", value="x@example.org")
    # The other holder's row is older than the run.
    PartyIdentifierFactory(party=chain[1], kind="phone", value="+77010000000")
    assert refresh_network(day=DAY, now=LATER) == 6
    refreshed = list(_told())
    assert refresh_network(day=DAY, now=LATER) == 6
    assert list(_told()) == refreshed
    measure_network(day=DAY + timedelta(days=1), now=LATER)
    assert list(_told()) == [(*row[:-1], pytest.approx(row[-1], rel=2e-3)) for row in refreshed]


def _told():
    return PartyMetrics.objects.order_by("party").values_list(
        *("party", "degree", "is_hub", "is_seed"),
        *("component__name", "component__parties", "proximity"),
    )


def communities():
    rows = PartyMetrics.objects.order_by("party").values_list(
        "party__name", "community__name", "community__parties"
    )
    return {name: told for name, *told in rows}


def test_communities_follow_by_day_and_are_searched_for_from_nothing_at_night(analyst, chain):
    """Three new links between A and the chain win it over; the night does not begin with that."""
    watched_one, supplier, importer, one, other, alone = chain
    measure_network(day=DAY, now=NOW)
    assert communities()["A"] == communities()["B"] == [one.pk, 2]
    traded(alone, other, 9)
    for party in (watched_one, supplier, importer):
        traded(one, party, 9)
    refresh_network(day=DAY, now=LATER)
    by_day = communities()
    assert by_day["A"] == by_day["Watched"] == [watched_one.pk, 4]
    assert by_day["B"] == by_day["C"] == [other.pk, 2]
    url = f"{API}/party-metrics?community={other.pk}"
    assert {row["party"]["name"] for row in analyst.get(url).json()["results"]} == {"B", "C"}
    PartyLink.objects.filter(source=one, kind="trade").exclude(target=other).delete()
    refresh_network(day=DAY, now=LATER)
    assert communities()["A"] == communities()["B"] == communities()["C"] == [one.pk, 3]
    base = NetworkBase.objects.get()
    misled = Snapshot.unpacked(bytes(base.arrays))
    misled = misled._replace(community=np.full_like(misled.community, chain[0].pk))
    NetworkBase.objects.update(arrays=misled.packed())
    measure_network(day=DAY + timedelta(days=1), now=LATER)
    assert communities()["Watched"] == [watched_one.pk, 3]
    assert communities()["A"] == communities()["B"] == communities()["C"] == [one.pk, 3]


def test_a_lead_that_ends_takes_its_nearness_along(chain):
    measure_network(day=DAY, now=NOW)
    WatchlistEntry.objects.update(valid_until=DAY)
    assert refresh_network(day=DAY + timedelta(days=1), now=LATER) == 3
    assert set(numbers().values()) == {0}
    assert not PartyMetrics.objects.filter(is_seed=True).exists()
    # And comes back as it was in the run.
    WatchlistEntry.objects.update(valid_until=None)
    refresh_network(day=DAY, now=LATER)
    assert numbers()["Watched"] > 0


def test_a_lead_for_seniors_makes_nobody_near_and_nobody_a_seed(analyst, chain):
    """Everybody who sees every office reads the numbers; leads for these count."""
    WatchlistEntry.objects.update(sharing="seniors")
    run = measure_network(day=DAY, now=NOW)
    assert (run.seed_count, set(numbers().values())) == (0, {0})
    assert analyst.get(f"{API}/party-metrics?is_seed=true").json()["results"] == []
    WatchlistEntry.objects.update(sharing="central")
    assert refresh_network(day=DAY, now=LATER) == 3
    assert numbers()["Watched"] > 0


def test_without_a_network_there_is_an_empty_run_and_beat_measures(chain):
    PartyLink.objects.all().delete()
    run = measure_network(day=DAY, now=NOW)
    assert (run.node_count, run.edge_count, run.modularity) == (0, 0, None)
    assert refresh_network(day=DAY, now=LATER) == 0
    measure_whole_network()
    assert NetworkRun.objects.count() == 2
    measure_whole_network()
    assert NetworkRun.objects.count() == 2


def test_list_is_by_nearness_and_members_of_a_component_are_found(analyst, chain):
    measure_network(day=DAY, now=NOW)
    url = f"{API}/party-metrics"
    with CaptureQueriesContext(connection) as queries:
        rows = analyst.get(url).json()["results"]
    assert len(queries) <= 8
    assert [row["party"]["name"] for row in rows[:3]][-1] == "Importer"
    assert rows[0]["proximity"] >= rows[1]["proximity"] >= rows[2]["proximity"]
    first = analyst.get(f"{url}?page_size=2").json()
    second = analyst.get(first["next"]).json()
    assert len({row["party"]["id"] for row in first["results"] + second["results"]}) == 4
    apart = analyst.get(f"{url}?component={chain[3].pk}").json()["results"]
    assert {row["party"]["name"] for row in apart} == {"A", "B"}
    assert [
        row["party"]["name"] for row in analyst.get(f"{url}?is_seed=true").json()["results"]
    ] == ["Watched"]
    assert analyst.get(f"{url}?near=1").status_code == 400
    runs = analyst.get(f"{API}/network-runs").json()["results"]
    assert [run["edge_count"] for run in runs] == [3]


def test_who_sees_some_offices_sees_no_number_made_of_all(chain):
    measure_network(day=DAY, now=NOW)
    declared = DeclarationFactory(customs_office=OFFICE)
    PartyRoleFactory(declaration=declared, party=chain[0])
    near = signed_in(reach="offices", offices=[OFFICE])
    place = answer(near, chain[0])
    assert (place["metrics"], place["rank"]) == (None, None)
    assert near.get(f"{API}/parties/{chain[1].pk}/metrics").status_code == 404
    assert near.get(f"{API}/party-metrics").json()["results"] == []
