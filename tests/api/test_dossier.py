"""Declarations, their dossier, parties, networks and lists, as people read them."""

from decimal import Decimal

import pytest

from risk.services.periods import NOBODY, enact
from tests.factories.risk import (
    IndicatorRowFactory,
    ListEditionFactory,
    ListEntryFactory,
    PartyLinkFactory,
    SubstanceMatchFactory,
)
from tests.factories.shipments import (
    START,
    DeclarationFactory,
    GoodsItemDocumentFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

DECLARATIONS = "/api/v1/declarations/"
PARTIES = "/api/v1/parties/"
LISTS = "/api/v1/lists/"

DOSSIER_QUERIES = 21  # one of them the audit event


def test_a_dossier_holds_everything(analyst):
    alert = flagged_shipment()
    ListEditionFactory()
    dossier = analyst.get(f"{DECLARATIONS}{alert.declaration_id}/").json()
    assert dossier["declaration"]["registration_number"] == alert.registration_number
    assert dossier["parties"][0]["role"] == "importer"
    item = dossier["items"][0]
    assert item["net_mass_kg"] == "1200.000000"
    assert item["documents"][0]["code"] == "03011"
    match = item["matches"][0]
    assert item["description"][match["start"] : match["end"]] == match["matched_text"]
    assert match["list_verdicts"] == [
        {
            "list_code": "un1988-t1",
            "verdict": "not_limited",
            "limit_pct": None,
            "is_limit_known": True,
            "is_limit_exclusive": False,
            "is_verified": True,
        },
        {
            "list_code": "ru-681-l4",
            "verdict": "above",
            "limit_pct": "10",
            "is_limit_known": True,
            "is_limit_exclusive": False,
            "is_verified": False,
        },
    ]
    assert dossier["assessment"]["lane"]["lane"] == "red"
    assert dossier["assessment"]["missing_codes"] == ["unit_price_far_from_peers"]
    assert dossier["alerts"][0]["id"] == alert.id
    assert dossier["network"]["nodes"][0]["party"] == dossier["parties"][0]["party"]


def test_contributions_add_up_to_the_score_and_speak_both_languages(analyst):
    alert = flagged_shipment()
    IndicatorRowFactory(assessment=alert.assessment, item_number=2, contribution="9.00")
    assessment = analyst.get(f"{DECLARATIONS}{alert.declaration_id}/").json()["assessment"]
    parts = [Decimal(row["contribution"]) for row in assessment["contributions"]]
    assert sum(parts) == Decimal(assessment["score"])
    assert [row["item_number"] for row in assessment["other_items"]] == [2]
    without = [Decimal(row["score_without"]) for row in assessment["contributions"]]
    assert all(0 <= score < Decimal(assessment["score"]) for score in without)
    sentences = assessment["contributions"][0]["sentences"]
    assert "Acetic anhydride" in sentences["en"]
    assert "уксусный ангидрид" in sentences["ru"]


def test_a_declaration_that_was_not_assessed_yet_has_a_dossier(analyst):
    declaration = DeclarationFactory()
    dossier = analyst.get(f"{DECLARATIONS}{declaration.id}/").json()
    assert dossier["assessment"] is None
    assert dossier["network"] is None


def test_an_amended_declaration_lists_its_versions_and_only_the_last_is_current(analyst):
    first = DeclarationFactory()
    second = DeclarationFactory(
        registration_number=first.registration_number, version=2, supersedes=first
    )
    rows = analyst.get(DECLARATIONS).json()["results"]
    assert [row["id"] for row in rows] == [second.id]
    dossier = analyst.get(f"{DECLARATIONS}{first.id}/").json()
    assert [version["version"] for version in dossier["versions"]] == [1, 2]


@pytest.mark.parametrize("items", [5, 25])
def test_the_dossier_costs_the_same_number_of_queries(analyst, items, django_assert_num_queries):
    alert = flagged_shipment()
    for number in range(2, items + 1):
        item = GoodsItemFactory(declaration=alert.declaration, item_number=number)
        GoodsItemDocumentFactory(goods_item=item)
        SubstanceMatchFactory(goods_item=item)
        IndicatorRowFactory(assessment=alert.assessment, item_number=number)
    analyst.get(f"{DECLARATIONS}{alert.declaration_id}/")  # a profile is read once per process
    with django_assert_num_queries(DOSSIER_QUERIES):
        dossier = analyst.get(f"{DECLARATIONS}{alert.declaration_id}/").json()
    assert len(dossier["items"]) == items


@pytest.mark.parametrize(
    "query",
    [
        {"commodity_code": "2915"},
        {"substance": "acetic-anhydride"},
        {"office": "55301"},
        {"date_from": "2026-03-01"},
        {"document_kind": "import"},
    ],
)
def test_declarations_are_filtered(analyst, query):
    alert = flagged_shipment()
    DeclarationFactory(
        customs_office="1", accepted_at="2026-01-01T00:00:00Z", document_kind="transit"
    )
    rows = analyst.get(DECLARATIONS, query).json()["results"]
    assert [row["id"] for row in rows] == [alert.declaration_id]
    assert rows[0]["importer"]["name"] == alert.declaration.party_roles.get().name


def test_declarations_of_a_party_in_any_role(analyst):
    role = PartyRoleFactory(role="carrier")
    PartyRoleFactory()
    rows = analyst.get(DECLARATIONS, {"party": role.party_id}).json()["results"]
    assert [row["id"] for row in rows] == [role.declaration_id]


@pytest.mark.parametrize("count", [5, 25])
def test_the_declarations_cost_the_same_number_of_queries(
    analyst, count, django_assert_num_queries
):
    for _ in range(count):
        PartyRoleFactory()
    with django_assert_num_queries(5):  # one of them the audit event
        assert len(analyst.get(f"{DECLARATIONS}?page_size=200").json()["results"]) == count


@pytest.mark.parametrize("text", ["алтын", "+77010000001"])
def test_a_party_is_found_by_a_spelling_or_an_identifier(analyst, text):
    party, _ = PartyFactory(), PartyFactory()
    party.names.create(name="Алтын Химия")
    PartyIdentifierFactory(party=party, value="+77010000001")
    rows = analyst.get(PARTIES, {"q": text}).json()["results"]
    assert [row["id"] for row in rows] == [party.id]
    detail = analyst.get(f"{PARTIES}{party.id}/").json()
    assert detail["names"] == ["Алтын Химия"]
    assert detail["identifiers"][0]["value"] == "+77010000001"


@pytest.mark.parametrize(("depth", "expected"), [(0, 1), (1, 3), (2, 4), (3, 5)])
def test_the_network_reaches_as_far_as_asked(analyst, depth, expected):
    """center —trade— supplier; center —phone— sharer —trade— far."""
    center, supplier, sharer, far = PartyFactory.create_batch(4)
    PartyLinkFactory(source=center, target=supplier)
    PartyLinkFactory(source=sharer, target=far)
    for party in (center, sharer):
        PartyIdentifierFactory(party=party)
    network = analyst.get(f"{PARTIES}{center.id}/network/", {"depth": depth}).json()
    assert len(network["nodes"]) == expected
    assert len(network["edges"]) == expected - 1
    assert network["nodes"][0]["distance"] == 0
    assert network["omitted"] == 0
    if depth == 1:
        (sale,) = [edge for edge in network["edges"] if edge["kind"] == "trade"]
        assert (sale["source"], sale["target"]) == (f"party:{supplier.id}", f"party:{center.id}")


def test_a_hub_is_shown_and_not_looked_through(analyst):
    center = PartyFactory()
    broker = PartyFactory()
    PartyLinkFactory(source=center, target=broker, kind="represented_by")
    for _ in range(60):
        PartyLinkFactory(target=broker, kind="represented_by")
    network = analyst.get(f"{PARTIES}{center.id}/network/?depth=3").json()
    assert len(network["nodes"]) == 2
    hub = network["nodes"][1]
    assert hub["is_hub"]
    assert hub["degree"] == 61
    assert hub["hidden_neighbours"] == 60


def test_the_network_is_cut_at_max_nodes_and_says_so(analyst):
    center = PartyFactory()
    for count in range(10):
        PartyLinkFactory(source=center, declaration_count=count + 1)
    network = analyst.get(f"{PARTIES}{center.id}/network/?max_nodes=4").json()
    assert len(network["nodes"]) == 4
    assert network["omitted"] == 7
    assert sorted(edge["count"] for edge in network["edges"]) == [8, 9, 10]


@pytest.mark.parametrize("query", ["depth=4", "depth=-1", "depth=x", "max_nodes=401"])
def test_the_network_has_bounds(analyst, query):
    party = PartyFactory()
    answer = analyst.get(f"{PARTIES}{party.id}/network/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("neighbours", [5, 25])
def test_the_network_costs_the_same_number_of_queries(
    analyst, neighbours, django_assert_num_queries
):
    center = PartyFactory()
    for _ in range(neighbours):
        PartyLinkFactory(source=center)
    with django_assert_num_queries(7):  # one of them the audit event
        network = analyst.get(f"{PARTIES}{center.id}/network/?depth=1").json()
    assert len(network["nodes"]) == neighbours + 1


def test_lists_show_their_editions_with_badge_and_counts(list_editor):
    entry = ListEntryFactory(edition__source_digest="0")
    ListEntryFactory(edition=entry.edition, form_name="salt")
    enact(edition=entry.edition, approved_by=NOBODY, now=START)
    ListEditionFactory(
        number=entry.edition.number + 1, verified_by="", state="draft", source_digest=""
    )
    draft, approved = list_editor.get(f"{LISTS}un1988-t1/").json()["editions"]
    assert (draft["is_verified"], draft["entry_count"]) == (False, 0)
    assert approved["is_verified"]
    assert (approved["entry_count"], approved["substance_count"]) == (2, 1)
    assert len(list_editor.get(LISTS).json()["results"]) == 1
    assert list_editor.get(f"{LISTS}none/").status_code == 404
