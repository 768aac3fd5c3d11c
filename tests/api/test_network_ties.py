"""Offices, vehicles and containers in the network: nodes where they link, hidden out of scope."""

from datetime import UTC, datetime

import pytest

from risk.models import PartyTie
from shipments.models import Container
from tests.api.conftest import signed_in
from tests.factories.shipments import DeclarationFactory, PartyFactory, PartyRoleFactory

pytestmark = pytest.mark.django_db

API, OURS, THEIRS = "/api/v1", "55301", "50000"
SEEN = datetime(2026, 3, 10, tzinfo=UTC)


def tied(party, *things, office=OURS):
    declared = DeclarationFactory(
        customs_office=office, accepted_at=SEEN, transport_id="123 АВС 02"
    )
    PartyRoleFactory(declaration=declared, party=party)
    for kind, value in things:
        PartyTie.objects.create(
            party=party, kind=kind, value=value, first_seen_at=SEEN, last_seen_at=SEEN,
            declaration_count=1, mass_kg=10,
        )  # fmt: skip
        if kind == "container":
            Container.objects.create(declaration=declared, number=value)
    return declared


@pytest.fixture
def two():
    """One vehicle and one container of both; the second also has a container of its own."""
    one, two = PartyFactory(name="One"), PartyFactory(name="Two")
    both = ("vehicle", "123ABC02"), ("container", "MSKU1"), ("office", OURS)
    tied(one, *both)
    tied(two, *both, ("container", "MSKU2"))
    return one, two


def keys(answer):
    return {node["key"] for node in answer["nodes"]}


def test_shared_vehicles_and_containers_are_nodes_and_others_are_not(analyst, two):
    one, other = two
    near = analyst.get(f"{API}/parties/{one.pk}/network?depth=2").json()
    assert keys(near) == {
        f"party:{one.pk}", f"party:{other.pk}", "identifier:vehicle:123ABC02",
        "identifier:container:MSKU1", f"identifier:office:{OURS}",
    }  # fmt: skip
    kinds = {edge["kind"]: edge["mass_kg"] for edge in near["edges"]}
    assert kinds == dict.fromkeys(("declared_at", "carried_on", "carried_in"), "10.000000")


def test_what_carried_both_connects_them_with_the_declarations(analyst, two):
    one, other = two
    found = analyst.get(f"{API}/parties/{one.pk}/connection?to={other.pk}").json()["shortest"]
    links = [link for step in found["steps"] for link in step["links"]]
    assert [len(link["declarations"]) for link in links] == [1, 1]
    for kind in ("vehicle:123ABC02", "container:MSKU1", f"office:{OURS}"):
        url = f"{API}/parties/{one.pk}/network?at=identifier:{kind}"
        assert len(analyst.get(url).json()["edges"]) == 2


def test_ties_of_who_declares_elsewhere_too_are_for_central_eyes(two):
    one, other = two
    near = signed_in(reach="offices", offices=[OURS])
    tied(other, ("office", THEIRS), office=THEIRS)
    network = near.get(f"{API}/parties/{other.pk}/network?depth=1").json()
    assert keys(network) == {f"party:{other.pk}"}
    url = f"{API}/parties/{one.pk}/network"
    assert near.get(f"{url}?at=identifier:office:{THEIRS}").status_code == 404
    assert keys(near.get(f"{url}?depth=1").json()) == {
        f"party:{one.pk}", "identifier:vehicle:123ABC02", "identifier:container:MSKU1",
        f"identifier:office:{OURS}",
    }  # fmt: skip
