"""Lanes in the days of offices: counted once, topped up, under capacity, by chunks side by side."""

import csv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from msgspec.structs import replace

from risk.domain.draws import draw
from risk.domain.lanes import Ground, Lane, decide_lane
from risk.domain.scoring import assess
from risk.models import LaneDay, LaneDecision, LaneLimit, RiskProfile, SimulatedLoad
from risk.selectors.lane_days import plans_in_force, plans_on
from risk.services.assessments import assess_chunk
from risk.services.judging import Assessed, Draws
from risk.services.lane_days import place_in_days
from targeting import jobs
from tests.factories.risk import LaneLimitFactory
from tests.integration.conftest import declaration, work_off
from tests.unit.risk.builders import PROFILE, declaration_facts

OFFICE, DAY = "55301", date(2025, 11, 12)


@pytest.fixture
def limits(reference_data):
    LaneLimit.objects.all().delete()
    return LaneLimitFactory(rate=Decimal("0.2"))


def judged(number, *, office=OFFICE, minute=0) -> Assessed:
    """A declaration that neither criteria nor draw select, its lane not yet in the day."""
    registration = f"{office}/121125/{number:07}"
    facts = declaration_facts(
        registration_number=registration,
        customs_office=office,
        accepted_at=datetime(2025, 11, 12, 6, 0, tzinfo=UTC) + timedelta(seconds=number),
    )
    assessment = assess(facts, PROFILE)
    chance = 0.02 + 0.98 * draw(b"key", registration)
    decision = decide_lane(assessment, PROFILE, chance)
    return Assessed(number, facts, assessment, decision, DAY, DAY, "0")


def lanes():
    rows = LaneDecision.objects.order_by("assessment__declaration__registration_number")
    return list(
        rows.values_list(
            "assessment__declaration__registration_number", "lane", "ground", "is_over_capacity",
            "place",
        )
    )  # fmt: skip


def counts():
    return list(
        LaneDay.objects.order_by("customs_office", "day").values_list(
            "customs_office", "day", "seen", "red", "yellow", "blue", "topped_up", "over_capacity"
        )
    )


def draws():
    told = settings.TARGETING
    return Draws(told["DRAW_SECRET"].encode(), told["OFFICE_TIME_ZONE"], told["DRAW_KEY_DAYS"])


@pytest.mark.django_db
def test_intake_when_an_office_has_a_rate_then_its_day_is_topped_up_and_others_are_not(
    limits, take_in
) -> None:
    others = [declaration(n, customs_office="55302") for n in range(901, 931)]
    batch = take_in([*(declaration(n) for n in range(1, 61)), *others])
    (row,) = LaneDay.objects.all()
    assert (row.customs_office, row.day, row.seen) == (OFFICE, DAY, 60)
    topped = LaneDecision.objects.filter(ground="top_up")
    assert 9 <= row.blue <= 12
    assert topped.count() == row.topped_up
    assert row.topped_up >= 8
    assert set(topped.values_list("lane", "criteria_lane", "is_random_arm")) == {
        ("blue", "green", False)
    }
    elsewhere = LaneDecision.objects.filter(assessment__declaration__customs_office="55302")
    assert not elsewhere.exclude(place=None).exists()
    before, stored = lanes(), counts()
    with transaction.atomic():
        assess_chunk(batch_id=batch.pk, chunk=0, draws=draws())
    assert (lanes(), counts()) == (before, stored)
    call_command("verify_assessments")


@pytest.mark.django_db
def test_verification_when_a_lane_is_not_what_its_place_gives_then_it_is_named(
    limits, take_in
) -> None:
    take_in([declaration(n) for n in range(1, 31)])
    call_command("verify_assessments")
    topped = LaneDecision.objects.filter(ground="top_up").first()
    assert topped is not None
    LaneDecision.objects.filter(pk=topped.pk).update(lane="green", ground="none")
    with pytest.raises(Exception, match="lane"):
        call_command("verify_assessments")


@pytest.mark.django_db
def test_amendment_when_the_version_before_was_topped_up_then_it_stays_and_counts_once(
    limits, take_in
) -> None:
    take_in([declaration(n) for n in range(1, 31)])
    before = counts()
    number = lanes()[[row[2] for row in lanes()].index("top_up")][0]
    serial = int(number.rpartition("/")[2])
    take_in([declaration(serial, version=2, item={"net_mass_kg": "99"})])
    versions = LaneDecision.objects.filter(assessment__declaration__registration_number=number)
    found = list(versions.order_by("pk").values_list("lane", "ground"))
    assert found == [("blue", "top_up")] * 2
    assert counts() == before


@pytest.mark.django_db
def test_versions_when_in_one_chunk_then_of_one_declaration(limits) -> None:
    first = [judged(n) for n in range(30)]
    second = [
        one._replace(declaration_id=100 + n, facts=replace(one.facts, version=2))
        for n, one in enumerate(first)
    ]
    with transaction.atomic():
        placed = place_in_days([*second, *first])
    lanes_of = {one.declaration_id: one.decision.lane for one in placed}
    assert Counter(lanes_of[n] for n in range(30))[Lane.BLUE] >= 4
    assert all(lanes_of[n] is lanes_of[100 + n] for n in range(30))
    ((_, _, seen, *_),) = counts()
    assert seen == 30


@pytest.mark.django_db
def test_capacity_when_used_up_then_no_top_up_and_criteria_are_marked(limits) -> None:
    LaneLimitFactory(rate=Decimal("0.5"), capacity=3)
    LaneLimitFactory(lane="yellow", capacity=0)
    rows = [judged(n) for n in range(60)]
    over = rows[-1]._replace(
        decision=rows[-1].decision.__class__(
            lane=Lane.YELLOW, ground=Ground.CRITERIA, criteria_lane=Lane.YELLOW, draw=0.5,
            rate=0.01, is_drawn=False,
        )
    )  # fmt: skip
    with transaction.atomic():
        placed = place_in_days([*rows[:-1], over])
    assert Counter(one.decision.lane for one in placed) == {
        Lane.GREEN: 56, Lane.BLUE: 3, Lane.YELLOW: 1
    }  # fmt: skip
    assert [one.decision.is_over_capacity for one in placed] == [False] * 59 + [True]
    assert counts() == [(OFFICE, DAY, 60, 0, 1, 3, 3, 1)]


@pytest.mark.django_db
def test_chunk_when_larger_then_as_many_queries(limits, django_assert_num_queries) -> None:
    LaneLimitFactory(customs_office="55302", rate=Decimal("0.1"))
    for size in (3, 300):
        start = size * 1000
        rows = [judged(start + n, office=f"5530{1 + n % 2}") for n in range(size)]
        with transaction.atomic(), django_assert_num_queries(5):
            place_in_days(rows)
    LaneLimit.objects.all().delete()
    with transaction.atomic(), django_assert_num_queries(1):
        assert place_in_days(rows) == rows


@pytest.mark.django_db
def test_limits_when_several_then_the_latest_day_counts_and_of_a_day_the_last(limits) -> None:
    LaneLimitFactory(capacity=5, valid_from=DAY)
    LaneLimitFactory(capacity=7, valid_from=DAY)
    LaneLimitFactory(valid_from=DAY + timedelta(days=3))
    found = plans_on({(OFFICE, DAY + timedelta(days=n)) for n in (-1, 0, 3)} | {("other", DAY)})
    assert {day: plan["blue"].capacity for (_, day), plan in found.items()} == {
        DAY - timedelta(days=1): None,
        DAY: 7,
    }
    assert plans_in_force(DAY)[OFFICE]["blue"].capacity == 7
    assert plans_in_force(DAY + timedelta(days=3)) == {}


@pytest.mark.django_db(transaction=True)
def test_chunks_when_side_by_side_then_nothing_is_lost_and_capacity_holds() -> None:
    LaneLimitFactory(rate=Decimal("0.5"), capacity=20)
    LaneLimitFactory(customs_office="55302", rate=Decimal("0.5"), capacity=20)
    chunks = [
        [judged(100 * part + n, office=f"5530{1 + (n + part) % 2}") for n in range(40)]
        for part in range(8)
    ]

    def place(rows):
        try:
            with transaction.atomic():
                return place_in_days(rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        placed = [one for rows in pool.map(place, chunks) for one in rows]
    raised = Counter(
        one.facts.customs_office for one in placed if one.decision.ground is Ground.TOP_UP
    )
    assert raised == {"55301": 20, "55302": 20}
    assert [(row[0], row[2], row[5], row[6]) for row in counts()] == [
        ("55301", 160, 20, 20),
        ("55302", 160, 20, 20),
    ]
    assert len({one.decision.place.seen for one in placed
                if one.facts.customs_office == "55301"}) == 160  # fmt: skip
    LaneLimit.objects.all().delete()


@pytest.mark.django_db
def test_dry_run_and_simulation_agree_with_each_other_and_with_what_was(
    limits, take_in, tmp_path, capsys
) -> None:
    LaneLimitFactory(lane="yellow", rate=Decimal("0.05"), capacity=2)
    take_in([declaration(n) for n in range(1, 61)])
    sheet = tmp_path / "lanes.csv"
    call_command("dry_run_lanes", "--month", "2025-11", "--csv", str(sheet))
    told = capsys.readouterr().out
    (row,) = csv.DictReader(sheet.open(encoding="utf-8"))
    (stored,) = LaneDay.objects.all()
    assert (row["customs_office"], row["day"], row["declarations"]) == (OFFICE, str(DAY), "60")
    for name in ("red", "yellow", "blue", "topped_up", "over_capacity"):
        assert int(row[name]) == int(row.get(f"{name}_before", row[name])) == getattr(stored, name)
    assert f"topped_up {stored.topped_up}" in told
    simulation = jobs.simulate_profile(
        profile=RiskProfile.objects.get(is_active=True),
        since=date(2025, 11, 1),
        until=date(2025, 11, 30),
        actor="user:1",
        now=timezone.now(),
    )
    work_off()
    (load,) = SimulatedLoad.objects.filter(simulation=simulation)
    assert {name: str(getattr(load, name)) for name in row} == row
    simulation.refresh_from_db()
    assert simulation.result["topped_up"] == stored.topped_up
    assert simulation.result["shifts"] == {"same": 60}
