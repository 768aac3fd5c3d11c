"""Claims of exemption, from the declaration to histories, indicators and what is shown."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from risk.models import ClaimRecord, IndicatorRow
from risk.selectors.facts import facts_of
from shipments.models import Declaration
from tests.api.conftest import signed_in
from tests.factories.risk import ControlListFactory
from tests.integration.conftest import declaration
from tests.integration.test_law import make_edition
from tests.integration.test_law import only_own_lists as only_own_lists

pytestmark = pytest.mark.django_db
DAY = date(2025, 11, 12)
HOLDER, OTHER, BROKER = "990140000007", "850340000008", "010540000005"
MARK = {"extra": {"restrictions_declared_not_to_apply": "С"}}
CLAIMS = "/api/v1/exemption-claims"
CLAIMANTS = "/api/v1/exemption-claimants"


@pytest.fixture
def lists(take_in, only_own_lists):
    """Acetone from 60 % on, by the office's own law."""
    ControlListFactory(code="KZ-1", jurisdiction="KZ")
    make_edition(1, None, ["acetone"], code="KZ-1", concentration_min_pct=Decimal(60))


def acetone(number, percent=99, *, day=DAY, importer=HOLDER, broker="", **changes):
    item = {"description": f"ACETONE {percent} %", "commodity_code": "2914110000"}
    item |= changes.pop("item", {})
    firms = {"importer": importer} | ({"representative": broker} if broker else {})
    parties = [
        {
            "role": role,
            "name": f"ТОО {bin}",
            "country": "KZ",
            "identifiers": [{"kind": "bin", "value": bin}],
        }
        for role, bin in firms.items()
    ]
    at = f"{day}T{10 + number % 10}:00:00+05:00"
    return declaration(number, item=item, accepted_at=at, parties=parties, **changes)


def records():
    rows = ClaimRecord.objects.order_by("registration_number", "item_number")
    return {int(row.registration_number[-7:]): row for row in rows}


def facts(number):
    pk = Declaration.objects.get(registration_number__endswith=f"{number:07}").pk
    ((_, found),) = facts_of(declaration_ids=[pk])
    return found


def fired(code):
    rows = IndicatorRow.objects.filter(code=code).values_list(
        "assessment__declaration__registration_number", flat=True
    )
    return {int(number[-7:]) for number in rows}


def test_items_when_taken_in_then_what_they_name_and_claim_is_recorded(lists, take_in):
    shirts = {"description": "SHIRTS", "commodity_code": "6109100000"}
    conclusion = {"documents": [{"code": "01071", "number": "77"}]}
    take_in([
        acetone(1), acetone(2, "59.5"), acetone(3, 40), acetone(4, item=MARK),
        acetone(5, item=shirts | MARK), acetone(6, item=shirts | conclusion),
        acetone(7, item=shirts), acetone(8, item={"description": "SOLVENT X", **MARK}),
    ])  # fmt: skip
    told = {n: (row.substance_keys, row.kinds) for n, row in records().items()}
    assert told == {
        1: (["acetone"], []),
        2: (["acetone"], ["just_under_limit"]),
        3: (["acetone"], []),
        4: (["acetone"], ["restrictions_denied"]),
        6: ([], ["other_conclusion"]),
        8: ([], ["restrictions_denied"]),
    }
    (claim,) = records()[2].claims
    assert (claim["stated"], Decimal(claim["limit_pct"])) == ("59.5", 60)
    assert fired("exemption_contradicted") == {4}
    assert facts(4).items[0].claims[0].stated == "С"
    assert (facts(1).claim_histories, facts(5).items[0].claims) == (None, ())


def test_claims_when_amended_or_cancelled_in_whatever_order_then_of_the_latest_version(
    lists, take_in
):
    second = acetone(1, 40, version=2)
    take_in([second, acetone(2, "59.5")])
    take_in([acetone(1, "59.5")])
    assert {n: (row.version, row.kinds) for n, row in records().items()} == {
        1: (2, []),
        2: (1, ["just_under_limit"]),
    }
    take_in([acetone(2, "59.5", version=2, is_cancelled=True)])
    assert set(records()) == {1}


def test_histories_count_what_came_before_and_nobody_is_a_peer_of_itself(lists, take_in):
    old = DAY - timedelta(days=400)
    take_in([
        acetone(1, "59.5", day=old), acetone(2, "59.5", broker=BROKER), acetone(3, broker=BROKER),
        acetone(4, importer=OTHER), acetone(5, "59", importer=OTHER, broker=BROKER),
        acetone(6, "59.5", broker=BROKER), acetone(7, "59.5"),
    ])  # fmt: skip
    importer, broker = facts(6).claim_histories
    assert (importer.items, importer.claimed) == (2, 1)
    assert (importer.peer_items, importer.peer_claimed) == (2, 1)
    assert (broker.claimant, broker.items, broker.claimed) == ("representative", 3, 2)
    assert (broker.peer_items, broker.peer_claimed) == (1, 0)
    assert facts(1).claim_histories[0].items == 0


def test_an_importer_who_claims_again_and_again_is_told_of_and_others_are_not(lists, take_in):
    usual = [acetone(n, importer=OTHER, day=DAY - timedelta(days=n)) for n in range(10, 40)]
    take_in([*usual, acetone(50, "59.5", importer=OTHER, day=DAY - timedelta(days=5))])
    take_in([acetone(n, "59.5") for n in (1, 2, 3, 4)])
    assert fired("exemptions_claimed_often") == {3, 4}
    row = IndicatorRow.objects.filter(code="exemptions_claimed_often").latest("id")
    assert row.params["claimant"] == "importer"


@pytest.fixture
def claimed(lists, take_in):
    take_in([
        acetone(1, "59.5", broker=BROKER), acetone(2, "59.5"), acetone(3, importer=OTHER),
        acetone(4, item=MARK, importer=OTHER, customs_office="50000"),
    ])  # fmt: skip


def test_claims_when_filtered_or_of_another_office_then_what_fits(claimed):
    analyst = signed_in(roles=["analyst"])
    near = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    party = records()[1].representative_id
    for caller, query, found in (
        (analyst, {}, [4, 2, 1]),
        (analyst, {"kind": "just_under_limit"}, [2, 1]),
        (analyst, {"substance": "acetone", "office": "50000"}, [4]),
        (analyst, {"representative": party}, [1]),
        (analyst, {"is_named": "false"}, []),
        (analyst, {"hs6": "2914", "accepted_to": "2025-11-12T11:30:00+05:00"}, [1]),
        (near, {}, [4]),
    ):
        results = caller.get(CLAIMS, query).json()["results"]
        assert [int(row["registration_number"][-7:]) for row in results] == found, query
    assert analyst.get(CLAIMS, {"kind": "x"}).status_code == 400
    assert near.get(f"{CLAIMS}/{records()[1].pk}").status_code == 404
    shown = analyst.get(f"{CLAIMS}/{records()[2].pk}").json()
    assert shown["claims"][0] | {"limit_pct": ""} == {
        "kind": "just_under_limit", "stated": "59.5", "substance_key": "acetone", "limit_pct": "",
    }  # fmt: skip
    assert [one["claimed"] for one in shown["histories"]] == [1]
    heading, *lines = analyst.get(f"{CLAIMS}/sheet").content.decode("utf-8-sig").splitlines()
    assert (heading.split(",")[0], len(lines)) == ("declaration", 3)
    assert "just_under_limit 59.5 acetone 60" in lines[1]


def test_claims_stand_in_the_dossier_and_in_the_four_way_check(claimed):
    analyst = signed_in(roles=["analyst"])
    pk = Declaration.objects.get(registration_number__endswith="0000002").pk
    dossier = analyst.get(f"/api/v1/declarations/{pk}").json()
    (claim,) = dossier["items"][0]["claims"]
    assert claim["kind"] == "just_under_limit"
    assert dossier["claim_histories"][0]["claimed"] == 1
    assert analyst.get(f"/api/v1/declarations/{pk}/four-way-check").json() == []
    pk = Declaration.objects.get(registration_number__endswith="0000004").pk
    (row,) = analyst.get(f"/api/v1/declarations/{pk}/four-way-check").json()
    assert [one["kind"] for one in row["claims"]] == ["restrictions_denied"]


def test_claimants_are_set_beside_all_others_within_the_scope(claimed):
    analyst = signed_in(roles=["analyst"])
    query = {"role": "importer", "date_from": "2025-11-01", "date_to": "2025-11-30"}
    found = analyst.get(CLAIMANTS, query).json()
    told = {one["party"]["key"]: (one["items"], one["claimed"]) for one in found["results"]}
    assert told == {f"bin:{HOLDER}": (2, 2), f"bin:{OTHER}": (2, 1)}
    assert found["compared"] == 2
    near = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    (own,) = near.get(CLAIMANTS, query).json()["results"]
    assert (own["items"], own["elsewhere"]) == (1, None)
    brokers = analyst.get(CLAIMANTS, query | {"role": "representative"}).json()
    assert [one["claimed"] for one in brokers["results"]] == [1]
    sheet = analyst.get(f"{CLAIMANTS}/sheet", query).content.decode("utf-8-sig").splitlines()
    assert len(sheet) == 3
    for wrong in ({"role": "carrier"}, {"date_to": "2027-11-30"}, {"date_to": "2025-10-01"}):
        assert analyst.get(CLAIMANTS, query | wrong).status_code == 400
