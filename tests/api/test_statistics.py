"""Counts and tonnes: each is the number of the rows behind it, within the scope, by few queries."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest

from risk.models import Channel, ChannelAct, ChannelConsignment, ChannelMember, WatchlistEntry
from shipments.models import GoodsItem
from targeting.models import ControlledDelivery
from targeting.selectors.counted_findings import FoundBy
from targeting.selectors.counted_goods import By
from tests.api.conftest import signed_in
from tests.factories.requirements import AnnualLegitimateRequirementFactory
from tests.factories.risk import (
    DraftFactory,
    InspectionOutcomeFactory,
    LawEntryFactory,
    SubstanceFactory,
    SubstanceMatchFactory,
)
from tests.factories.shipments import DeclarationFactory, GoodsItemFactory, PartyFactory
from tests.factories.targeting import CustomsOfficeFactory, flagged_shipment

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/statistics"
# 23:30 of the last day of May in UTC is the first of June at the offices.
NIGHT = datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
PERIOD = {"date_from": "2026-01-01", "date_to": "2026-12-31"}


def shipment(number, office="55301", *, at=NIGHT, country="CN", mass="1500", **more):
    told = {
        "registration_number": f"X/{number:07}",
        "customs_office": office,
        "accepted_at": at,
        "country_of_dispatch": country,
    }
    declared = {f"assessment__declaration__{name}": value for name, value in told.items()}
    alert = flagged_shipment(**declared, **more)
    GoodsItem.objects.filter(declaration=alert.declaration).update(net_mass_kg=mass)
    return alert


def channel(level, *alerts, move="liquidate"):
    at = alerts[0].accepted_at
    moments = dict.fromkeys(("first_seen_at", "last_seen_at", "proposed_at", "changed_at"), at)
    row = Channel.objects.create(
        substance=SubstanceFactory(), level=level, state="liquidated", score=50, signs=[],
        declaration_count=len(alerts), mass_kg=700, **moments,
    )  # fmt: skip
    for alert in alerts:
        ChannelConsignment.objects.create(
            channel=row, declaration=alert.declaration, is_suspect=True, mass_kg=1
        )
    ChannelAct.objects.create(
        channel=row, move=move, state="liquidated", level=level, reason="r", by="user:1", at=at
    )
    return row


@pytest.fixture
def country():
    """Two offices of a region, one of another, one that nobody entered, and plain goods."""
    for code, region in (("55301", "Almaty"), ("55302", "Almaty"), ("50000", "Astana")):
        office = CustomsOfficeFactory(code=code)
        office.region = region
        office.save()
    alerts = [
        shipment(1),
        shipment(2, lane="yellow"),
        shipment(3, "55302", country="IN", at=NIGHT - timedelta(days=40)),
        shipment(4, "50000", country="", mass=None),
        shipment(5, "99999"),
    ]
    SubstanceMatchFactory(goods_item=alerts[0].declaration.items.get(), start=30, end=40)
    for number, office in enumerate(("55301", "")):
        plain = DeclarationFactory(
            registration_number=f"P/{number}", customs_office=office, accepted_at=NIGHT,
            country_of_dispatch="CN",
        )  # fmt: skip
        GoodsItemFactory(declaration=plain, net_mass_kg="10")
    acts = (
        (alerts[0], "offence", "seized", SubstanceFactory(), "1000"),
        (alerts[1], "clean", "none", None, None),
        (alerts[2], "offence", "detained", SubstanceFactory(), None),
    )
    for alert, result, measure, substance, mass in acts:
        InspectionOutcomeFactory(
            declaration=alert.declaration, assessment=alert.assessment, result=result,
            measure=measure, found_substance=substance, found_mass_kg=mass,
            inspected_at=alert.accepted_at, customs_office=alert.customs_office,
            registration_number=alert.registration_number,
        )  # fmt: skip
    return alerts


def get(caller, word, **query):
    answer = caller.get(f"{PLACE}/{word}", PERIOD | query)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def behind(caller, address):
    answer = caller.get(address, {})
    assert answer.status_code == 200, (address, answer.json())
    assert answer.json()["next"] is None
    return len(answer.json()["results"])


def keyed(told):
    return {row["key"]: row for row in told["results"]}


def test_goods_when_counted_then_each_row_is_the_list_behind_it(analyst, country):
    channel("regional", country[0], country[1])
    channel("international", country[1])
    for by in By:
        check_goods(analyst, by)


def check_goods(analyst, by):
    told = get(analyst, "goods", by=by.value)
    assert told["results"]
    for row in [told["total"], *told["results"]]:
        assert behind(analyst, row["rows"]) == row["declarations"], row["key"]
        assert behind(analyst, row["of_rows"]) == row["of_declarations"], row["key"]
    if by is not By.SUBSTANCE:
        for name in ("declarations", "items", "unweighed", "of_declarations", "of_items"):
            assert sum(row[name] for row in told["results"]) == told["total"][name]
        masses = [Decimal(row["mass_kg"]) for row in told["results"]]
        assert sum(masses) == Decimal(told["total"]["mass_kg"]) == 6000


def test_goods_are_counted_by_what_was_asked(analyst, country):
    channel("regional", country[0], country[1])
    channel("international", country[1])

    def counts(by):
        return {
            key: (row["declarations"], row["of_declarations"])
            for key, row in keyed(get(analyst, "goods", by=by)).items()
        }

    assert counts("office") == {
        "55301": (2, 3), "55302": (1, 1), "50000": (1, 1), "99999": (1, 1), "none": (0, 1),
    }  # fmt: skip
    assert counts("region") == {"Almaty": (3, 4), "Astana": (1, 1), "none": (1, 2)}
    assert counts("country") == {"CN": (3, 5), "IN": (1, 1), "none": (1, 1)}
    assert counts("lane") == {"red": (4, 4), "yellow": (1, 1), "none": (0, 2)}
    assert counts("outcome") == {"offence": (2, 2), "clean": (1, 1), "none": (2, 4)}
    assert counts("channel_level") == {"international": (1, 1), "regional": (1, 1), "none": (3, 5)}
    assert counts("month") == {"2026-04": (1, 1), "2026-06": (4, 6)}
    assert counts("day") == {"2026-04-22": (1, 1), "2026-06-01": (4, 6)}
    (acid,) = get(analyst, "goods")["results"]
    assert (acid["declarations"], acid["items"], acid["unweighed"]) == (5, 5, 1)
    assert (acid["tonnes"], acid["of_declarations"], acid["of_items"]) == ("6.000", 7, 7)
    none = get(analyst, "goods", by="office", substance="nothing-of-it")
    assert none["total"]["declarations"] == 0
    assert none["total"]["of_declarations"] == 7


def test_findings_when_counted_then_each_row_is_the_list_behind_it(analyst, country):
    for by in FoundBy:
        check_findings(analyst, by)


def check_findings(analyst, by):
    told = get(analyst, "findings", by=by.value)
    assert told["results"]
    for row in [told["total"], *told["results"]]:
        assert behind(analyst, row["rows"]) == row["found"], row["key"]
        if row["key"] or by is not FoundBy.SUBSTANCE:
            assert behind(analyst, row["of_rows"]) == row["acts"], row["key"]
    assert sum(row["found"] for row in told["results"]) == told["total"]["found"] == 2
    assert Decimal(told["total"]["mass_kg"]) == 1000


def test_findings_are_narrowed_by_measure_and_place(analyst, country):
    seized = get(analyst, "findings", measure="seized")
    assert [(row["found"], row["tonnes"]) for row in seized["results"]] == [(1, "1.000")]
    assert get(analyst, "findings", by="measure", region="Astana")["total"]["acts"] == 0
    assert keyed(get(analyst, "findings", by="region"))["Almaty"]["acts"] == 3


def test_published_figures_are_the_rows_behind_them(senior_analyst, country):
    cut = channel("international", country[0])
    channel("regional", country[1])
    channel("regional", country[2], move="confirm")
    for name in "ab":
        party = PartyFactory(key=f"name:{name}")
        ChannelMember.objects.create(channel=cut, party=party, role="importer", declaration_count=1)
    LawEntryFactory(edition=DraftFactory(in_force_from=date(2026, 3, 1), source_digest="0"))
    lead("card", "analysts"), lead("website", "seniors", state="proposed")
    watch = ControlledDelivery.objects.create(
        alert=country[0], ground="act", marked_by="user:1", marked_at=NIGHT
    )
    watch.named.add(senior_analyst.user)
    told = get(senior_analyst, "published")
    figures = {row["code"]: row for row in told["results"]}
    for code, row in figures.items():
        assert behind(senior_analyst, row["rows"]) == row["count"], code
    assert {code: row["count"] for code, row in figures.items()} == {
        "channels_cut_international": 1, "channels_cut_regional": 1,
        "groups_cut": 1, "groups_cut_transnational": 1,
        "precursors_seized": 1, "criminal_cases": 0, "examinations_answered": 0,
        "controlled_deliveries": 1, "substances_added": 1,
        "leads_website": 0, "leads_card": 1, "leads_wallet": 0,
    }  # fmt: skip
    assert figures["precursors_seized"]["tonnes"] == "1.000"
    assert figures["channels_cut_regional"]["mass_kg"] == "700.000000"
    assert told["not_held"] == ["laboratories", "blocked_amounts"]


def lead(kind, sharing, *, state="active"):
    is_approved = state == "active"
    return WatchlistEntry.objects.create(
        kind=kind, value=f"{kind}-{sharing}", reason="r", source="s", sharing=sharing,
        valid_from=date(2026, 1, 1), state=state, proposed_by="user:1", proposed_person="person:1",
        proposed_at=NIGHT, approved_by="user:2" if is_approved else "",
        approved_person="person:2" if is_approved else "",
        approved_at=NIGHT if is_approved else None,
    )  # fmt: skip


def test_counts_leak_no_watch_lead_channel_or_office_of_others(senior_analyst, country):
    watch = ControlledDelivery.objects.create(
        alert=country[0], ground="act", marked_by="user:1", marked_at=NIGHT
    )
    watch.named.add(senior_analyst.user)
    lead("card", "seniors")
    lead("website", "central")
    channel("international", country[0], country[3])
    for caller in (
        signed_in(roles=["analyst"], reach="offices", offices=["55301"]),
        signed_in(roles=["auditor"], reach="offices", offices=["55301"]),
    ):
        figures = {row["code"]: row["count"] for row in get(caller, "published")["results"]}
        assert figures.get("controlled_deliveries", 0) == 0
        # An auditor sees leads of every level, a near analyst those for all analysts alone.
        assert figures["leads_website"] == int(caller.user.roles == ["auditor"])
        assert figures["channels_cut_international"] == 0
        levels = keyed(get(caller, "goods", by="channel_level"))
        assert list(levels) == ["none"]
        offices = keyed(get(caller, "goods", by="office"))
        assert {key: row["of_declarations"] for key, row in offices.items()} == {"55301": 3}
        assert get(caller, "findings")["total"]["acts"] == 2
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    assert {row["code"]: row["count"] for row in get(near, "published")["results"]}[
        "leads_card"
    ] == 0
    far = signed_in(roles=["analyst"], reach="offices", offices=["1"])
    assert get(far, "goods", by="lane")["results"] == []


def test_the_yearly_table_is_the_rows_behind_it(analyst, country):
    key = SubstanceFactory().key
    AnnualLegitimateRequirementFactory(substance_key=key, year=2026)
    told = analyst.get(f"{PLACE}/form-d", {"year": 2026}).json()
    (row,) = [one for one in told["results"] if one["substance"] == key]
    parts = ("seized", "stopped", "imported", "exported", "required")
    for part in parts:
        assert behind(analyst, row[part]["rows"]) == row[part]["count"], part
    assert [row[part]["count"] for part in parts] == [1, 1, 5, 0, 1]
    assert row["imported"]["mass_kg"] == "6000.000000"
    assert analyst.get(f"{PLACE}/form-d", {"year": 2025}).json()["results"] == []


@pytest.mark.parametrize("word", ["goods", "findings", "published"])
def test_a_period_when_it_cannot_be_then_told(analyst, word):
    for wrong in (
        {"date_from": "soon"},
        {"date_from": "2026-03-02", "date_to": "2026-03-01"},
        {"date_from": "2024-01-01", "date_to": "2026-01-01"},
        {"colour": "red"},
        {"date_to": "0001-01-01", "office": "\0"},
    ):
        assert analyst.get(f"{PLACE}/{word}", wrong).status_code == 400
    assert analyst.get(f"{PLACE}/{word}", {"date_to": "0001-01-02"}).status_code == 200
    assert analyst.get(f"{PLACE}/{word}", {"date_from": "9999-12-01", "date_to": "9999-12-31"})
    assert analyst.get(f"{PLACE}/{word}").status_code == 200


def test_sheets_say_the_same(analyst, country):
    for word in ("goods", "findings", "published", "form-d"):
        check_sheet(analyst, word)


def check_sheet(analyst, word):
    asked = {"year": 2026} if word == "form-d" else PERIOD
    answer = analyst.get(f"{PLACE}/{word}/sheet", asked)
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    shown = analyst.get(f"{PLACE}/{word}", asked).json()["results"]
    assert len(rows) == len(shown) > 0
    if word == "goods":
        assert rows[0]["tonnes"] == shown[0]["tonnes"]
        assert rows[0]["rows"] == shown[0]["rows"]
    as_workbook = analyst.get(f"{PLACE}/{word}/sheet", asked | {"as": "xlsx"})
    assert as_workbook.content.startswith(b"PK")
    assert analyst.get(f"{PLACE}/{word}/sheet", asked | {"as": "exe"}).status_code == 400


QUERIES = (
    *(("goods", {"by": by}, 5) for by in ("office", "lane", "outcome", "channel_level", "day")),
    ("goods", {"by": "region"}, 6),
    ("goods", {"by": "substance"}, 6),
    *(("findings", {"by": by}, 5) for by in ("substance", "lane", "measure", "month")),
    ("findings", {"by": "region"}, 6),
    ("published", {}, 15),
    ("form-d", {}, 9),
)


def test_statistics_cost_the_same_number_of_queries(country, django_assert_num_queries):
    caller = signed_in(roles=["senior_analyst"])

    def check():
        for word, query, queries in QUERIES:
            asked = {"year": 2026} if word == "form-d" else PERIOD | query
            with django_assert_num_queries(queries, info=f"{word} {query}"):
                assert caller.get(f"{PLACE}/{word}", asked).status_code == 200

    check()
    for number in range(10, 14):
        shipment(number, f"6000{number % 10}", country="DE")
    check()
