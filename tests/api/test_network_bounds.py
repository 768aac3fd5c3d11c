"""Networks beside hubs; paths that are short or say much, with the declarations of each link."""

from datetime import UTC, datetime

import pytest

from tests.factories.risk import LaneDecisionFactory, PartyLinkFactory
from tests.factories.shipments import (
    DeclarationFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)

pytestmark = pytest.mark.django_db

API = "/api/v1"
OLD, NEW = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)


def declared(importer, other=None, role="consignor"):
    made = DeclarationFactory(accepted_at=NEW)
    PartyRoleFactory(declaration=made, party=importer)
    if other:
        PartyRoleFactory(declaration=made, party=other, role=role, position=1)
    return made


def test_the_strongest_path_may_be_longer_and_bears_declarations_on_every_link(analyst):
    """One address of many firms joins the two; two suppliers with much trade say more of them."""
    one, two, between, *suppliers = (PartyFactory(name=name) for name in "ABCDE")
    for n in range(30):
        PartyIdentifierFactory(party=PartyFactory(name=f"N{n}"), kind="address", value="abay 5")
    for holder in (one, two):
        PartyIdentifierFactory(party=holder, kind="address", value="abay 5")
    shown = {}
    for source, target in (
        (one, suppliers[0]), (between, suppliers[0]), (between, suppliers[1]), (two, suppliers[1]),
    ):  # fmt: skip
        PartyLinkFactory(source=source, target=target, declaration_count=40)
        shown[source.pk, target.pk] = declared(source, target).registration_number
    found = analyst.get(f"{API}/parties/{one.pk}/connection?to={two.pk}").json()
    assert [len(found[way]["steps"]) for way in ("shortest", "strongest")] == [2, 4]
    assert found["strongest"]["strength"] > found["shortest"]["strength"]
    evidence = [
        [row["registration_number"] for row in link["declarations"]]
        for step in found["strongest"]["steps"]
        for link in step["links"]
    ]
    assert evidence == [[number] for number in shown.values()]


def test_what_is_new_behind_a_hub_is_not_told(analyst):
    """Sixty clients came to its broker since; the party itself has one new supplier."""
    one, broker, supplier = (PartyFactory(name=name) for name in ("One", "Broker", "Supplier"))
    PartyLinkFactory(
        source=one, target=broker, kind="represented_by", first_seen_at=OLD, last_seen_at=NEW
    )
    PartyLinkFactory(source=one, target=supplier, first_seen_at=NEW, last_seen_at=NEW)
    for n in range(60):
        PartyLinkFactory(
            source=PartyFactory(name=f"N{n}"), target=broker, kind="represented_by",
            first_seen_at=NEW, last_seen_at=NEW,
        )  # fmt: skip
    answer = analyst.get(f"{API}/parties/{one.pk}/network/changes?since=2026-03-01&depth=3").json()
    assert [node["label"] for node in answer["joined"]] == ["Supplier"]
    assert len(answer["new_links"]) == 1
    near = analyst.get(f"{API}/parties/{one.pk}/network?depth=3").json()
    assert len(near["nodes"]) == 3
    (hub,) = [node for node in near["nodes"] if node["is_hub"]]
    assert (hub["label"], hub["hidden_neighbours"]) == ("Broker", 60)
    expanded = analyst.get(f"{API}/parties/{one.pk}/network?at=party:{broker.pk}").json()
    assert len(expanded["nodes"]) == 62
    few = analyst.get(f"{API}/parties/{one.pk}/network?at=party:{broker.pk}&max_nodes=10").json()
    assert (len(few["nodes"]), few["omitted"]) == (10, 52)


def test_carriers_have_shares_with_intervals(analyst):
    bad, honest = PartyFactory(name="Bad"), PartyFactory(name="Honest")
    for carrier, red, count in ((bad, 9, 12), (honest, 2, 40)):
        for n in range(count):
            made = declared(PartyFactory(name=f"{carrier.name} {n}"), carrier, role="carrier")
            lane = "red" if n < red else "green"
            LaneDecisionFactory(assessment__declaration=made, lane=lane)
    url = f"{API}/intermediaries?role=carrier&date_from=2026-03-01&date_to=2026-03-31"
    first, second = analyst.get(url).json()["results"]
    assert [row["red"]["is_unusual"] for row in (first, second)] == [True, False]
    share = first["red"]["share"]
    # Wilson, 95 %, of 9 in 12.
    assert (share["value"], share["low"], share["high"]) == pytest.approx(
        (0.75, 0.468, 0.911), abs=1e-3
    )
    brokers = url.replace("carrier", "representative")
    assert analyst.get(brokers).json()["results"] == []
