"""New firms that look like closed offenders, asked over the API."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from risk.selectors.office import office_day
from tests.api.conftest import signed_in
from tests.api.test_network_questions import OURS, THEIRS, declared, found, near, watched
from tests.factories.legal_entities import closed, entity, register
from tests.factories.risk import PartyLinkFactory
from tests.factories.shipments import PartyFactory, PartyIdentifierFactory

__all__ = ["near"]

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/successions"
OLD, NEW, OTHER = "200140000015", "260240000021", "260340000031"


def ago(days):
    return office_day(timezone.now()) - timedelta(days=days)


@pytest.fixture
def firms():
    """The old one was closed a hundred days ago; the new one, a month later, has all of it."""
    register(
        closed(OLD, on=ago(100)),
        entity(NEW, registered_on=ago(70).isoformat(), name="ТОО «Реактив Плюс»"),
        entity(
            OTHER, registered_on=ago(60).isoformat(), head="ИВАНОВ ПЕТР", owners=[], phone="", 
            address="Г. АСТАНА, УЛ. МИРА 1",
        ),
    )  # fmt: skip


def importer(number, office=OURS):
    made = PartyFactory(name=number)
    PartyIdentifierFactory(party=made, kind="bin", value=number)
    declared(made, office=office)
    return made


def test_a_closed_firm_under_watch_has_its_successor(analyst, firms):
    watched("bin", OLD)
    party = importer(NEW)
    answer = analyst.get(PLACE).json()
    assert (answer["predecessors"], answer["pairs"]) == (1, 1)
    (pair,) = answer["results"]
    assert [pair[side]["entity"]["number"] for side in ("predecessor", "successor")] == [OLD, NEW]
    assert (pair["predecessor"]["party"], pair["successor"]["party"]["id"]) == (None, party.pk)
    assert (pair["grounds"], pair["days"]) == (["watchlisted"], 30)
    assert [(sign["code"], sign["points"]) for sign in pair["signs"]] == [
        ("head", 3.0),
        ("phone", 3.0),
        ("address", 2.0),
        ("person", 2.0),
        ("person", 1.0),
    ]


def test_a_lead_for_few_is_no_ground_for_others(analyst, firms):
    entry = watched("bin", OLD)
    entry.sharing = "seniors"
    entry.save()
    assert analyst.get(PLACE).json() == {"predecessors": 0, "pairs": 0, "results": []}
    senior = signed_in(roles=["senior_analyst"])
    assert senior.get(PLACE).json()["pairs"] == 1


def test_nobody_succeeds_whom_nothing_is_known_of(analyst, firms):
    assert analyst.get(PLACE).json() == {"predecessors": 0, "pairs": 0, "results": []}


def test_an_offender_by_acts_is_one_where_the_act_is_in_scope(analyst, near, firms):
    offender = importer(OLD, THEIRS)
    found(offender, office=THEIRS)
    (pair,) = analyst.get(PLACE).json()["results"]
    assert (pair["grounds"], pair["predecessor"]["party"]["id"]) == (["offender"], offender.pk)
    assert near.get(PLACE).json()["results"] == []


def test_suppliers_and_goods_count_for_central_eyes_only(analyst, near, firms):
    watched("bin", OLD)
    supplier = PartyFactory(name="Supplier")
    for number in (OLD, NEW):
        PartyLinkFactory(source=importer(number), target=supplier, kind="trade")
    signs = [
        {sign["code"] for sign in caller.get(PLACE).json()["results"][0]["signs"]}
        for caller in (analyst, near)
    ]
    assert "supplier" in signs[0]
    assert "supplier" not in signs[1]


def test_telephones_and_addresses_of_declarations_count_for_central_eyes_only(analyst, near):
    """The register says nothing of them; both declared the same, a third its neighbour's."""
    bare = {"phone": "", "address": "", "owners": []}
    register(
        closed(OLD, on=ago(100), **bare),
        entity(NEW, registered_on=ago(70).isoformat(), **bare),
        entity(OTHER, registered_on=ago(60).isoformat(), **bare | {"head": "ИВАНОВ ПЕТР"}),
    )
    watched("bin", OLD)
    for number in (OLD, NEW, OTHER):
        PartyIdentifierFactory(party=importer(number), kind="phone", value="+77272580000")
    (pair,) = analyst.get(PLACE).json()["results"]
    assert pair["successor"]["entity"]["number"] == NEW
    assert [(sign["code"], sign["holders"]) for sign in pair["signs"]] == [
        ("head", 2),
        ("phone", 3),
    ]
    assert near.get(PLACE).json()["results"] == []
    # Many who are in no register bear it, too.
    for number in range(20):
        PartyIdentifierFactory(
            party=PartyFactory(name=f"N{number}"), kind="phone", value="+77272580000"
        )
    assert analyst.get(PLACE).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ({"within_days": 29}, 0),
        ({"within_days": 30}, 1),
        ({"closed_since": "2020-01-01"}, 1),
        ({"closed_since": "2099-01-01"}, 0),
    ],
)
def test_the_window_is_the_callers(analyst, firms, query, pairs):
    watched("bin", OLD)
    assert analyst.get(PLACE, query).json()["pairs"] == pairs


def test_of_one_party_both_sides_are_told(analyst, near, firms):
    watched("bin", OLD)
    old, new, other = (importer(number) for number in (OLD, NEW, OTHER))
    asked = [analyst.get(PLACE, {"party": one.pk}).json()["pairs"] for one in (old, new, other)]
    assert asked == [1, 1, 0]
    far = importer("990140000007", THEIRS)
    assert near.get(PLACE, {"party": far.pk}).status_code == 404
    assert analyst.get(PLACE, {"within_days": 0}).status_code == 400


def test_questions_when_there_is_much_then_no_more_queries(
    analyst, firms, django_assert_max_num_queries
):
    watched("bin", OLD)
    for number in range(20):
        register(entity(f"2602400001{number:02}", registered_on=ago(50).isoformat(), phone=""))
    with django_assert_max_num_queries(20):
        assert analyst.get(PLACE).json()["predecessors"] == 1


def test_the_sheet_has_a_row_a_sign_and_asks_as_the_list_does(analyst, near, firms):
    found(importer(OLD, THEIRS), office=THEIRS)
    rows = list(csv.DictReader(io.StringIO(sheet_of(analyst, {}))))
    assert [(row["predecessor"], row["successor"]) for row in rows] == [(OLD, NEW)] * 5
    assert [row["sign"] for row in rows] == ["head", "phone", "address", "person", "person"]
    assert (rows[0]["predecessor_closed_on"], rows[0]["successor_closed_on"]) == (str(ago(100)), "")
    assert {row["grounds"] for row in rows} == {"offender"}
    assert sheet_of(analyst, {"within_days": 29}).count("\n") == 1
    assert sheet_of(near, {}).count("\n") == 1
    assert analyst.get(f"{PLACE}/sheet", {"within_days": 0}).status_code == 400


def sheet_of(caller, query):
    return caller.get(f"{PLACE}/sheet", query).content.decode("utf-8-sig")
