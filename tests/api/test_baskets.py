"""Reagent baskets: found once from what linked importers acquire, dismissed with reasons."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import networkx as nx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.models import ReagentBasket
from risk.services.baskets import find_reagent_baskets
from tests.api.conftest import signed_in
from tests.factories.risk import (
    AssessmentBasisFactory,
    IndicatorRowFactory,
    ListEntryFactory,
    RiskAssessmentFactory,
    SubstanceFactory,
    SubstanceMatchFactory,
)
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemDocumentFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)

pytestmark = pytest.mark.django_db

API, OFFICE = "/api/v1/reagent-baskets", "55301"
DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class World:
    def __init__(self):
        self.substances = {
            key: SubstanceFactory(key=key, preferred_name=key.title())
            for key in ("ephedrine", "pseudoephedrine", "norephedrine", "eq-tablet-press")
        }
        ListEntryFactory(substance=self.substances["eq-tablet-press"], kind="equipment")
        self.basis = AssessmentBasisFactory()
        self.importers = [PartyFactory(name=f"=Importer {n}") for n in range(3)]
        for party in self.importers:
            PartyIdentifierFactory(party=party, kind="phone", value="+77010000000")

    def bought(
        self, key, days_before, importer=0, licence=False, fault=False, office=OFFICE, **given
    ):
        one = DeclarationFactory(
            accepted_at=NOW - timedelta(days=days_before), customs_office=office,
            document_kind="import", direction="import", **given,
        )  # fmt: skip
        item = GoodsItemFactory(declaration=one, item_number=1, net_mass_kg=10)
        PartyRoleFactory(declaration=one, party=self.importers[importer], role="importer")
        SubstanceMatchFactory(goods_item=item, substance=self.substances[key], is_flagged=True)
        assessed = RiskAssessmentFactory(declaration=one, basis=self.basis)
        if licence:
            GoodsItemDocumentFactory(goods_item=item, code="01011")
        if fault:
            IndicatorRowFactory(assessment=assessed, code="permit_overdrawn")
        return one


@pytest.fixture
def world():
    """Two of three linked importers acquire two ephedrines, the third one under a licence."""
    made = World()
    made.bought("ephedrine", 30)
    made.bought("pseudoephedrine", 20, importer=1)
    made.bought("norephedrine", 10, importer=2, licence=True)
    return made


def find(day=DAY):
    return find_reagent_baskets(day=day, now=NOW)


def test_a_basket_is_found_once_with_members_substances_and_timeline(analyst, world):
    (basket,) = find()
    assert find() == [basket]
    with CaptureQueriesContext(connection) as queries:
        (row,) = analyst.get(API).json()["results"]
    assert len(queries) <= 8
    assert (row["family"], row["family_name"], row["state"]) == ("ephedrines", "Ephedrines", "open")
    assert (row["declaration_count"], row["substance_count"]) == (2, 2)
    assert row["mass_kg"] == "20.000000"
    full = analyst.get(f"{API}/{basket.pk}").json()
    assert [one["substance_key"] for one in full["acquisitions"]] == [
        "ephedrine", "pseudoephedrine", "norephedrine",
    ]  # fmt: skip
    assert [one["is_covered"] for one in full["acquisitions"]] == [False, False, True]
    members = {one["substance_key"]: one for one in full["family_members"]}
    assert members.keys() == {"ephedrine", "pseudoephedrine", "norephedrine"}
    assert members["ephedrine"]["listed_in"] == "UN1988-T1"
    assert members["ephedrine"]["confidence"] == "high"
    assert "E/INCB/2018/4" in members["ephedrine"]["source"]
    masses = {one["key"]: one["mass_kg"] for one in full["substances"]}
    assert masses == {
        "ephedrine": "10.000000", "pseudoephedrine": "10.000000", "norephedrine": "0.000000",
    }  # fmt: skip
    assert {one["party"]["name"]: one["declaration_count"] for one in full["members"]} == {
        "=Importer 0": 1, "=Importer 1": 1, "=Importer 2": 0,
    }  # fmt: skip


def test_what_a_licence_covers_is_none_but_what_overdraws_it_is(world):
    assert [one.substance_count for one in find()] == [2]
    world.bought("norephedrine", 5, importer=2, licence=True, fault=True)
    (basket,) = find()
    assert (basket.substance_count, basket.declaration_count) == (3, 3)


def test_an_amended_acquisition_is_counted_once_and_stays_in_its_basket():
    world = World()
    first = world.bought("ephedrine", 30)
    world.bought("pseudoephedrine", 20, importer=1)
    (basket,) = find()
    world.bought(
        "ephedrine", 30, registration_number=first.registration_number, version=2, supersedes=first
    )
    assert find() == [basket]
    basket.refresh_from_db()
    assert (basket.declaration_count, basket.mass_kg) == (2, 20)
    assert basket.acquisitions.count() == 2


def test_equipment_beside_one_substance_is_a_basket_and_counted_nowhere(analyst):
    made = World()
    made.bought("ephedrine", 12)
    assert find() == []
    made.bought("eq-tablet-press", 3, importer=1)
    (basket,) = find()
    assert (basket.substance_count, basket.mass_kg) == (1, 10)
    (press,) = [
        one for one in analyst.get(f"{API}/{basket.pk}").json()["acquisitions"]
        if one["is_equipment"]
    ]  # fmt: skip
    assert press["substance_key"] == "eq-tablet-press"


def test_a_dismissed_basket_comes_back_by_what_is_new_alone(analyst, world):
    (basket,) = find()
    at = f"{API}/{basket.pk}"
    assert analyst.post(f"{at}/dismiss", {"reason": " "}, format="json").status_code == 400
    done = analyst.post(f"{at}/dismiss", {"reason": "a university"}, format="json").json()
    assert done["state"] == "dismissed"
    again = analyst.post(f"{at}/dismiss", {"reason": "again"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert find() == []
    world.bought("ephedrine", 2)
    assert find() == []
    world.bought("norephedrine", 1, importer=1)
    (new,) = find()
    assert (new.follows_id, new.declaration_count) == (basket.pk, 2)
    acts = analyst.get(at).json()["acts"]
    assert [(act["move"], act["reason"], act["by"]) for act in acts] == [
        ("dismiss", "a university", analyst.user.actor)
    ]
    assert analyst.post(f"{at}/reopen", {"reason": "not so"}, format="json").status_code == 200


@pytest.mark.parametrize("move", ["dismiss", "reopen"])
def test_a_move_sets_nothing_but_what_it_says(analyst, world, move):
    (basket,) = find()
    if move == "reopen":
        analyst.post(f"{API}/{basket.pk}/dismiss", {"reason": "so"}, format="json")
    names = ("score", "mass_kg", "family", "found_at", "follows")
    before = ReagentBasket.objects.values(*names).get()
    told = {
        "reason": "so", "id": 999, "state": "nothing", "score": 0, "mass_kg": 0, "family": "x",
        "by": "user:999", "at": "2000-01-01T00:00:00Z", "follows": basket.pk,
    }  # fmt: skip
    assert analyst.post(f"{API}/{basket.pk}/{move}", told, format="json").status_code == 200
    assert ReagentBasket.objects.values(*names).get() == before
    assert basket.acts.latest("id").by == analyst.user.actor


def test_baskets_are_searched_and_taken_away(analyst, world):
    (basket,) = find()
    party = world.importers[0].pk
    for term in ("state=open", "family=ephedrines", f"party={party}", "substance=ephedrine"):
        assert [row["id"] for row in analyst.get(f"{API}?{term}").json()["results"]] == [basket.pk]
    for term in ("state=dismissed", "family=p2p", "party=1", "substance=apaan"):
        assert analyst.get(f"{API}?{term}").json()["results"] == []
    assert analyst.get(f"{API}?unheard=1").status_code == 400
    sheet = analyst.get(f"{API}/sheet?family=ephedrines").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert [row["substance_key"] for row in rows] == [
        "ephedrine", "pseudoephedrine", "norephedrine",
    ]  # fmt: skip
    assert rows[0]["party"] == "'=Importer 0"
    answer = analyst.get(f"{API}/{basket.pk}/network/file")
    read = nx.read_graphml(io.BytesIO(answer.content), force_multigraph=True)
    kinds = {data["kind"] for _, data in read.nodes(data=True)}
    assert kinds == {"party", "phone", "substance"}
    for wanted in ("csv", "nodes", "ftm", "svg"):
        assert analyst.get(f"{API}/{basket.pk}/network/file?as={wanted}").status_code == 200


def test_a_basket_through_several_offices_is_for_who_sees_them_all(world):
    (basket,) = find()
    near = signed_in(reach="offices", offices=[OFFICE])
    assert [row["id"] for row in near.get(API).json()["results"]] == [basket.pk]
    world.bought("ephedrine", 2, office="50000")
    find()
    assert near.get(API).json()["results"] == []
    assert near.get(f"{API}/{basket.pk}").status_code == 404
    assert near.get(f"{API}/{basket.pk}/network/file").status_code == 404
