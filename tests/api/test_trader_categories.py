"""Trader categories: computed as of a month from what was known before it; given by two people."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from risk.domain.trader_categories import TraderCategory
from risk.models import CategoryOverride, CategoryRun, TradeRecord, TraderStanding, WatchlistEntry
from risk.selectors.office import midnight, office_day
from risk.selectors.trader_categories import effective_category, histories
from risk.services.trader_categories import categorise_traders
from shipments.models import Party
from targeting.models import AuditEvent
from targeting.tasks import categorise_traders_of_month
from tests.api.conftest import sign_in, signed_in
from tests.factories.risk import InspectionOutcomeFactory, RiskAssessmentFactory
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemFactory,
    PartyFactory,
    PartyIdentifierFactory,
    PartyRoleFactory,
)
from tests.factories.targeting import UserFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/category-overrides"
MONTH = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, 3, tzinfo=UTC)
SOMEBODY, LONG_AGO = "user:999999", "2000-01-01T00:00:00Z"
PRIVILEGED = {
    "id": 999_999,
    "state": "active",
    "proposed_by": SOMEBODY,
    "proposed_at": LONG_AGO,
    "approved_by": SOMEBODY,
    "approved_person": "person:1",
    "approved_at": LONG_AGO,
    "withdrawn_by": SOMEBODY,
}


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


@pytest.fixture
def trader():
    """Known for 300 days with 12 declarations before the month, and one on its first day."""
    party = PartyFactory()
    for days in [300, *range(1, 12)]:
        declared(party, midnight(MONTH) - timedelta(days=days))
    declared(party, midnight(MONTH))
    return party


def declared(party: Party, at: datetime):
    one = PartyRoleFactory(party=party, declaration=DeclarationFactory(accepted_at=at)).declaration
    TradeRecord.objects.create(
        goods_item=GoodsItemFactory(declaration=one),
        registration_number=one.registration_number,
        item_number=1,
        version=1,
        accepted_at=at,
        importer=party,
    )
    return one


def inspected(party: Party, result: str, known_at: datetime, **changes):
    declaration = declared(party, known_at - timedelta(days=1))
    assessment = RiskAssessmentFactory(declaration=declaration)
    return InspectionOutcomeFactory(
        assessment=assessment, result=result, known_at=known_at, **changes
    )


def category(caller, party):
    answer = caller.get(f"/api/v1/parties/{party.pk}/category")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def new(party, **changes):
    today = office_day(timezone.now())
    return {
        "party": party.pk,
        "category": "low",
        "reason": "audited at its works",
        "valid_from": str(today),
        "valid_until": str(today + timedelta(days=90)),
    } | changes


def test_month_when_computed_then_each_importer_has_its_category_and_reasons(analyst, trader):
    young = PartyFactory()
    declared(young, midnight(MONTH) - timedelta(days=3))
    run = categorise_traders(day=date(2026, 5, 17), now=NOW)
    assert (run.month, run.low_count, run.medium_count, run.high_count) == (MONTH, 0, 1, 1)
    known = category(analyst, trader)
    assert (known["category"], known["month"], known["override"]) == ("medium", "2026-05-01", None)
    told = {row["code"]: (row["value"], row["wanted"]) for row in known["reasons"]}
    assert told == {
        "not_settled": (300, 1095),
        "few_in_the_record": (12, 100),
        "few_inspections": (0, 5),
    }
    assert "12 (100 for low)" in " ".join(row["sentence"] for row in known["reasons"])
    assert category(analyst, young)["category"] == "high"


def test_trader_when_never_computed_then_high_and_told_so(analyst, trader):
    shown = category(analyst, trader)
    assert (shown["category"], shown["month"], shown["history"]) == ("high", None, [])
    assert [row["code"] for row in shown["reasons"]] == ["never_computed"]


def test_history_knows_only_what_was_known_before_the_day(trader):
    before, after = midnight(MONTH) - timedelta(days=20), midnight(MONTH) + timedelta(days=1)
    inspected(trader, "clean", before)
    inspected(trader, "not_applied", before, waiver="other")
    wrong = inspected(trader, "offence", before)
    corrected = InspectionOutcomeFactory(
        assessment=wrong.assessment, result="clean", known_at=after, supersedes=wrong
    )
    (found,) = [one for pk, one in histories(day=MONTH, since=date(2024, 5, 1)) if pk == trader.pk]
    assert (found.inspections, found.offences, found.days_since_offence) == (2, 1, 20)
    later = date(2026, 6, 1)
    (found,) = [one for pk, one in histories(day=later, since=date(2024, 6, 1)) if pk == trader.pk]
    assert (found.inspections, found.offences, found.days_since_offence) == (2, 0, None)
    assert corrected.known_at == after


def test_act_of_many_items_is_one_inspection(trader):
    act = inspected(trader, "clean", midnight(MONTH) - timedelta(days=20))
    InspectionOutcomeFactory(
        assessment=act.assessment, act_number=act.act_number, item_number=2, result="offence",
        known_at=act.known_at,
    )  # fmt: skip
    (found,) = [one for pk, one in histories(day=MONTH, since=date(2024, 5, 1)) if pk == trader.pk]
    assert (found.inspections, found.offences) == (1, 1)


def test_lead_keeps_from_low_and_counts_on_its_days(trader):
    PartyIdentifierFactory(party=trader, kind="phone", value="+77010000000")
    WatchlistEntry.objects.create(
        kind="phone", value="+77010000000", reason="x", source="y", valid_from=MONTH,
        state="active", proposed_by="user:1", proposed_person="person:1", proposed_at=NOW,
        approved_by="user:2", approved_person="person:2", approved_at=NOW,
    )  # fmt: skip
    counts = [
        one.leads
        for day in (MONTH - timedelta(days=1), MONTH)
        for pk, one in histories(day=day, since=date(2024, 5, 1))
        if pk == trader.pk
    ]
    assert counts == [0, 1]


@pytest.mark.parametrize("sharing", ["central", "seniors"])
def test_lead_for_few_keeps_nobody_from_low(trader, sharing):
    PartyIdentifierFactory(party=trader, kind="phone", value="+77010000000")
    WatchlistEntry.objects.create(
        kind="phone", value="+77010000000", reason="a tip", source="a system",
        valid_from=date(2026, 1, 1), state="active", proposed_by="user:1",
        proposed_person="person:1", proposed_at=NOW, approved_by="user:2",
        approved_person="person:2", approved_at=NOW, sharing=sharing,
    )  # fmt: skip
    (found,) = [history for pk, history in histories(day=MONTH, since=date(2024, 5, 1))]
    assert found.leads == 0
    WatchlistEntry.objects.update(sharing="analysts")
    (found,) = [history for pk, history in histories(day=MONTH, since=date(2024, 5, 1))]
    assert found.leads == 1


def test_month_when_computed_twice_then_nothing_changes_and_likewise_a_month_before(trader):
    assert categorise_traders(day=MONTH, now=NOW)
    rows = list(TraderStanding.objects.values_list())
    assert categorise_traders(day=MONTH + timedelta(days=9), now=NOW) is None
    assert categorise_traders(day=date(2026, 4, 1), now=NOW) is None
    assert list(TraderStanding.objects.values_list()) == rows


def test_month_adds_rows_only_where_something_changed(analyst, trader):
    categorise_traders(day=MONTH, now=NOW)
    categorise_traders(day=date(2026, 6, 1), now=NOW)
    assert TraderStanding.objects.filter(party=trader).count() == 1
    inspected(trader, "offence", datetime(2026, 6, 9, tzinfo=UTC))
    categorise_traders(day=date(2026, 7, 1), now=NOW)
    assert CategoryRun.objects.count() == 3
    shown = category(analyst, trader)
    assert [(row["month"], row["category"]) for row in shown["history"]] == [
        ("2026-07-01", "high"),
        ("2026-05-01", "medium"),
    ]
    assert effective_category(party_id=trader.pk, day=date(2026, 6, 30)).category is (
        TraderCategory.MEDIUM
    )
    runs = analyst.get("/api/v1/category-runs").json()["results"]
    assert [row["high_count"] for row in runs] == [1, 0, 0]


def test_computation_needs_the_same_queries_for_one_importer_and_for_many(trader):
    with CaptureQueriesContext(
        connection,
    ) as one:
        categorise_traders(day=MONTH, now=NOW)
    for _ in range(5):
        declared(PartyFactory(), midnight(MONTH))
    with CaptureQueriesContext(connection) as many:
        categorise_traders(day=date(2026, 6, 1), now=NOW)
    assert len(many) == len(one)


def test_command_and_beat_compute_the_month(trader):
    told = StringIO()
    call_command("categorise_traders", "--month", "2026-05", stdout=told)
    assert told.getvalue() == "2026-05-01: 0 low, 1 medium, 0 high; 1 changed\n"
    with pytest.raises(CommandError, match="YYYY-MM is expected"):
        call_command("categorise_traders", "--month", "May")
    categorise_traders_of_month()
    assert CategoryRun.objects.filter(month=office_day(timezone.now()).replace(day=1)).exists()


def test_numbers_of_every_office_are_for_central_eyes(trader):
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    categorise_traders(day=MONTH, now=NOW)
    for row in category(near, trader)["reasons"]:
        assert row["code"]
        assert (row["value"], row["sentence"]) == (None, None)
    far = signed_in(roles=["analyst"], reach="offices", offices=["55302"])
    assert far.get(f"/api/v1/parties/{trader.pk}/category").status_code == 404
    assert far.post(PLACE, new(trader)).status_code == 404


def test_override_holds_once_a_second_person_approved_it_until_its_last_day(
    analyst, senior, trader
):
    categorise_traders(day=MONTH, now=NOW)
    made = analyst.post(PLACE, new(trader) | PRIVILEGED)
    assert made.status_code == 201, made.json()
    row = made.json()
    assert (row["state"], row["proposed_by"], row["approved_by"]) == (
        "proposed", analyst.user.actor, "",
    )  # fmt: skip
    assert category(analyst, trader)["category"] == "medium"
    assert analyst.post(f"{PLACE}/{row['id']}/approve").status_code == 403
    assert senior.post(f"{PLACE}/{row['id']}/approve").status_code == 200
    shown = category(analyst, trader)
    assert (shown["category"], shown["by_rules"]) == ("low", "medium")
    assert shown["override"]["id"] == row["id"]
    last = date.fromisoformat(row["valid_until"])
    for day, wanted in ((last, TraderCategory.LOW), (last + timedelta(days=1), "medium")):
        assert effective_category(party_id=trader.pk, day=day).category == wanted
    told = AuditEvent.objects.get(resource="category-override-approve", status=200)
    assert told.actor == senior.user.actor
    assert senior.post(f"{PLACE}/{row['id']}/approve").status_code == 409


def test_override_is_not_approved_by_who_proposed_it(senior, trader):
    pk = senior.post(PLACE, new(trader)).json()["id"]
    refused = senior.post(f"{PLACE}/{pk}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    other = UserFactory(roles=["senior_analyst"], person=senior.user.person)
    assert sign_in(signed_in(), other).post(f"{PLACE}/{pk}/approve").status_code == 409
    with pytest.raises(IntegrityError), transaction.atomic():
        CategoryOverride.objects.filter(pk=pk).update(state="active")


def test_override_when_withdrawn_then_the_rules_hold_and_another_may_come(analyst, senior, trader):
    pk = analyst.post(PLACE, new(trader)).json()["id"]
    assert analyst.post(PLACE, new(trader)).status_code == 409  # of the same days
    assert senior.post(f"{PLACE}/{pk}/approve").status_code == 200
    assert analyst.post(f"{PLACE}/{pk}/withdraw", {"reason": "x"}).status_code == 403
    assert senior.post(f"{PLACE}/{pk}/withdraw", {"reason": " "}).status_code == 400
    gone = senior.post(f"{PLACE}/{pk}/withdraw", {"reason": "sold"} | PRIVILEGED)
    assert (gone.status_code, gone.json()["withdrawn_by"]) == (200, senior.user.actor)
    assert category(analyst, trader)["category"] == "high"
    assert senior.post(f"{PLACE}/{pk}/withdraw", {"reason": "again"}).status_code == 409
    assert analyst.post(PLACE, new(trader)).status_code == 201
    states = CategoryOverride.objects.get(pk=pk).events.order_by("pgh_id")
    assert [one.state for one in states] == ["proposed", "active", "withdrawn"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "none"}, "category"),
        ({"reason": " "}, "reason"),
        ({"party": 0}, "party"),
        ({"party": "x"}, "party"),
        ({"valid_until": None}, "valid_until"),
        ({"valid_until": "2026-01-01", "valid_from": "2026-01-02"}, "valid_until"),
        ({"valid_until": "2027-01-03", "valid_from": "2026-01-01"}, "valid_until"),
    ],
)
def test_override_when_wrong_then_told_what_is_allowed(analyst, trader, changes, field):
    refused = analyst.post(PLACE, new(trader) | changes)
    assert refused.status_code in {400, 422}
    assert field in refused.content.decode()
    assert not CategoryOverride.objects.exists()


def test_overrides_are_searched(analyst, trader):
    pk = analyst.post(PLACE, new(trader)).json()["id"]
    today = str(office_day(timezone.now()))
    for terms, found in (
        ({"party": trader.pk, "category": "low", "state": "proposed"}, [pk]),
        ({"valid_on": today}, [pk]),
        ({"valid_on": "2020-01-01"}, []),
        ({"state": "active"}, []),
    ):
        rows = analyst.get(PLACE, terms).json()["results"]
        assert [row["id"] for row in rows] == found
