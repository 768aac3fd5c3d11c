"""Networks as people walk them: the table, what the picture reads, paths and evidence."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from risk.models import NetworkCommunity, NetworkRun, PartyMetrics
from tests.api.conftest import sign_in, signed_in
from tests.api.test_network_questions import declared, found, watched
from tests.factories.risk import PartyLinkFactory
from tests.factories.shipments import PartyFactory, PartyIdentifierFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

OURS, THEIRS, PHONE = "55301", "50000", "+77019999999"
AT = datetime(2026, 3, 10, tzinfo=UTC)


def page(party, rest=""):
    return f"/workbench/parties/{party.pk}/network{rest}"


@pytest.fixture
def near():
    return signed_in(reach="offices", offices=[OURS])


@pytest.fixture
def three():
    """One buys of Two, and shares a phone with Three, who was caught."""
    one, two, three = (PartyFactory(name=name) for name in ("One", "Two", "Three"))
    declared(two)
    declared(one, phone=PHONE)
    found(three)
    for holder in (one, three):
        PartyIdentifierFactory(party=holder, value=PHONE, first_seen_at=AT)
    PartyLinkFactory(source=one, target=two, kind="trade", mass_kg="1250.5", declaration_count=3)
    return one, two, three


def community(party, name):
    run = NetworkRun.objects.create(
        day="2026-03-01", computed_at=AT, refreshed_at=AT, node_count=1, edge_count=1,
        seed_count=0, hub_count=0, component_count=1, community_count=1, last_link=0,
        last_identifier=0, last_tie=0,
    )  # fmt: skip
    NetworkCommunity.objects.create(key=name + 1000, name=name, parties=2, measured_at=AT)
    return PartyMetrics.objects.create(
        party=party, run=run, measured_at=AT, degree=2, is_hub=False, is_seed=False,
        proximity=0.1, community_id=name + 1000,
    )  # fmt: skip


def test_network_when_opened_then_names_links_and_masses_are_in_the_table(analyst, three) -> None:
    one, two, _ = three
    text = analyst.get(page(one)).content.decode()
    assert "1,250.5" in text or "1250.5" in text
    assert f"/workbench/parties/{one.pk}/links?to=party%3A{two.pk}" in text or (
        f"/workbench/parties/{two.pk}/links?to=party%3A{one.pk}" in text
    )
    assert PHONE in text
    assert "Three" not in text


def test_network_when_two_links_far_then_offenders_are_marked_by_words(analyst, three) -> None:
    text = analyst.get(page(three[0]), {"depth": 2}).content.decode()
    assert "Three" in text
    assert '<span class="badge strong">offender</span>' in text


def test_network_when_asked_as_data_then_grounds_communities_and_evidence(analyst, three) -> None:
    one, two, third = three
    watched("phone", PHONE)
    community(two, 77)
    answer = analyst.get(page(one, "/data"), {"depth": 2}).json()
    nodes = {node["name"]: node for node in answer["nodes"]}
    assert nodes["Three"]["grounds"] == ["offender", "watchlisted"]
    assert nodes["Two"]["community"] == 77
    assert nodes[PHONE]["kind"] == "phone"
    (trade,) = (edge for edge in answer["edges"] if edge["kind"] == "trade")
    assert (trade["source"], trade["mass"]) == (f"party:{two.pk}", "1250.500000")
    assert third.pk == nodes["Three"]["party"]
    assert trade["evidence"].startswith("/workbench/parties/")


def test_network_when_expanded_then_round_the_node_asked_for(analyst, three) -> None:
    one, _, third = three
    answer = analyst.get(page(one, "/data"), {"at": f"party:{third.pk}"}).json()
    assert answer["center"] == f"party:{third.pk}"
    assert {node["name"] for node in answer["nodes"]} == {"Three", PHONE}


def test_network_when_hubs_are_hidden_then_they_are_not_in_the_table(analyst) -> None:
    one = PartyFactory(name="One")
    for party in [one, *PartyFactory.create_batch(55)]:
        PartyIdentifierFactory(party=party, value=PHONE)
    assert PHONE in analyst.get(page(one)).content.decode()
    assert PHONE not in analyst.get(page(one), {"hubs": "hide"}).content.decode()


@pytest.mark.parametrize(
    "query", [{"depth": "4"}, {"at": "party:1; drop"}, {"at": "party:999999"}, {"hubs": "x"}]
)
def test_network_when_the_question_cannot_be_then_there_is_nothing(analyst, three, query) -> None:
    assert analyst.get(page(three[0]), query).status_code == 404
    assert analyst.get(page(three[0], "/data"), query).status_code == 404


def test_network_when_of_another_office_then_nameless_and_without_numbers(near) -> None:
    ours, theirs = PartyFactory(name="Ours"), PartyFactory(name="Theirs")
    declared(ours)
    declared(ours, office=THEIRS)
    declared(theirs, office=THEIRS)
    community(ours, 5)
    PartyLinkFactory(source=ours, target=theirs, kind="trade", mass_kg="5")
    text = near.get(page(ours)).content.decode()
    assert "Theirs" not in text
    assert "not in your scope" in text
    assert near.get(page(theirs)).status_code == 404
    answer = near.get(page(ours, "/data")).json()
    (hidden,) = (node for node in answer["nodes"] if node["redacted"])
    assert hidden["key"].startswith(f"party:{ours.pk} hidden:")
    assert [edge["mass"] for edge in answer["edges"]] == [None]
    assert [edge["evidence"] for edge in answer["edges"]] == [""]
    assert all(node["community"] is None for node in answer["nodes"])


def test_links_when_opened_then_the_declarations_that_show_them(analyst, near) -> None:
    one, broker = PartyFactory(name="One"), PartyFactory(name="Broker")
    shown, elsewhere = declared(one, broker), declared(one, broker, office=THEIRS)
    PartyLinkFactory(source=one, target=broker, kind="represented_by", declaration_count=2)
    address = f"/workbench/parties/{one.pk}/links"
    query = {"to": f"party:{broker.pk}"}
    text = analyst.get(address, query).content.decode()
    assert f"/workbench/declarations/{shown.pk}" in text
    assert f"/workbench/declarations/{elsewhere.pk}" in text
    text = near.get(address, query).content.decode()
    assert f"/workbench/declarations/{shown.pk}" in text
    assert f"/workbench/declarations/{elsewhere.pk}" not in text


def test_links_when_of_an_identifier_then_the_declarations_with_it(analyst, three) -> None:
    address = f"/workbench/parties/{three[0].pk}/links"
    answer = analyst.get(address, {"to": f"identifier:phone:{PHONE}"})
    assert answer.content.decode().count("/workbench/declarations/") == 1
    assert analyst.get(address, {"to": "identifier:phone:+7000"}).status_code == 404
    assert analyst.get(address, {"to": "party:999999"}).status_code == 404
    assert analyst.get(address, {"to": ""}).status_code == 404


def test_connection_when_asked_then_path_and_evidence_in_words_and_as_data(analyst, three) -> None:
    one, _, third = three
    address = f"/workbench/parties/{one.pk}/connection"
    text = analyst.get(address, {"to": third.pk}).content.decode()
    assert "Shortest" in text
    assert "/workbench/declarations/" in text
    answer = analyst.get(address, {"to": third.pk, "as": "data"}).json()
    names = [node["name"] for node in answer["paths"][0]["nodes"]]
    assert names == ["One", PHONE, "Three"]
    assert analyst.get(address, {"to": one.pk}).status_code == 404
    assert analyst.get(address, {"to": "x"}).status_code == 404
    phone = f"identifier:phone:{PHONE}"
    from_phone = {"from": phone, "to": f"party:{third.pk}", "as": "data"}
    steps = analyst.get(address, from_phone).json()["paths"][0]["nodes"]
    assert [node["name"] for node in steps] == [PHONE, "Three"]
    assert f"phone {PHONE} — Three" in analyst.get(address, from_phone | {"as": ""}).text
    unseen = {"from": "identifier:phone:+70000000000", "to": f"party:{third.pk}"}
    assert analyst.get(address, unseen).status_code == 404
    far = PartyFactory(name="Far")
    assert "Nothing in sight" in analyst.get(address, {"to": far.pk}).content.decode()


def test_parties_when_searched_then_those_in_scope(near, three) -> None:
    theirs = PartyFactory(name="One of theirs")
    declared(theirs, office=THEIRS)
    assert "Search a party" in near.get("/workbench/parties").content.decode()
    text = near.get("/workbench/parties", {"q": "one"}).content.decode()
    assert page(three[0]) in text
    assert page(theirs) not in text
    assert "No party" in near.get("/workbench/parties", {"q": "zz"}).content.decode()


def test_declaration_when_flagged_then_its_alert_else_its_dossier(analyst, near) -> None:
    alert = flagged_shipment()
    answer = analyst.get(f"/workbench/declarations/{alert.declaration_id}")
    assert answer["Location"] == f"/workbench/alerts/{alert.pk}"
    quiet = declared(PartyFactory(), office=THEIRS)
    text = analyst.get(f"/workbench/declarations/{quiet.pk}").content.decode()
    assert quiet.registration_number in text
    assert near.get(f"/workbench/declarations/{quiet.pk}").status_code == 404


@pytest.mark.parametrize("depth", [1, 3])
def test_network_when_opened_then_a_bounded_number_of_queries(analyst, three, depth) -> None:
    with CaptureQueriesContext(connection) as asked:
        analyst.get(page(three[0]), {"depth": depth})
    assert len(asked) <= 25, "\n".join(one["sql"][:90] for one in asked)


def test_network_when_taken_away_then_the_file_of_what_is_in_sight(analyst, near, three) -> None:
    """As a browser asks: without a header that says what for."""
    one, *_ = three
    person = sign_in(APIClient(), analyst.user)
    taken = person.get(page(one, "/file"), {"as": "csv", "depth": 1})
    assert (taken.status_code, taken["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert f'filename="party-{one.pk}-network.links.csv"' in taken["Content-Disposition"]
    assert "Two" in taken.content.decode()
    assert person.get(page(one, "/file"), {"as": "exe"}).status_code == 404
    assert near.get(page(PartyFactory(), "/file")).status_code == 404
