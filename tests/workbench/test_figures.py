"""Dashboards: what is counted of what, the rows behind each figure, sheets, few queries."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from risk.models import LaneDay
from risk.models import LaneLimit as LaneLimitRow
from risk.selectors.office import office_day
from shipments.models import GoodsItem
from targeting.models import Alert
from targeting.models.choices import Reach
from targeting.selectors.goods_statistics import ListSize, growth_of
from targeting.selectors.outcomes import scoped_lanes
from targeting.selectors.scope import EVERYTHING, Scope
from targeting.selectors.workload import ages_of_queue, lanes_over_time, loads_of_offices
from targeting.workbench.figures import columns_of
from tests.api.conftest import signed_in
from tests.factories.channels import channel_of
from tests.factories.risk import InspectionOutcomeFactory, LawEntryFactory, SubstanceMatchFactory
from tests.factories.shipments import PartyFactory
from tests.factories.targeting import CustomsOfficeFactory, UserFactory, flagged_shipment

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 20)
PERIOD = {"date_from": "2026-01-01", "date_to": "2026-12-31"}


def board(code: str) -> str:
    return f"/workbench/figures/{code}"


def raised(days: int, **more) -> Alert:
    moment = datetime(2026, 3, 20, 12, tzinfo=UTC) - timedelta(days=days)
    return flagged_shipment(raised_at=moment, **more)


def sheet_of(caller, code, figure, **query):
    answer = caller.get(board(code), {"as": "csv", "figure": figure, **query})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{figure}-')
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_ages_when_counted_then_every_open_alert_stands_once_by_its_day() -> None:
    for number, days in enumerate((0, 1, 2, 3, 29, 30, 400)):
        raised(days, registration_number=f"A-{number}", lane="red" if days else "yellow")
    raised(0, registration_number="closed", state="closed")
    ages = ages_of_queue(Alert.objects.all(), today=TODAY)
    assert [one.total for one in ages] == [1, 2, 1, 1, 2]
    assert ages[0].by_lane == {"yellow": 1}
    assert (ages[1].first, ages[1].last) == (date(2026, 3, 18), date(2026, 3, 19))
    assert ages[-1].first is None


def test_lanes_when_counted_then_each_day_is_there_and_steps_add_up() -> None:
    late = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    flagged_shipment(lane="red", assessment__declaration__accepted_at=late)
    day = date(2026, 3, 2)  # In Almaty.
    lanes = scoped_lanes(EVERYTHING)
    by_day = lanes_over_time(lanes, first=day - timedelta(days=2), last=day, days=1)
    assert [one.declarations for one in by_day] == [0, 0, 1]
    assert by_day[-1].by_lane == {"red": 1}
    (all_of_it,) = lanes_over_time(lanes, first=day - timedelta(days=2), last=day, days=7)
    assert (all_of_it.declarations, all_of_it.last) == (1, day)


def limit(office: str, capacity: int, since: date) -> None:
    LaneLimitRow.objects.create(
        customs_office=office, lane="red", capacity=capacity, valid_from=since,
        reason="r", recorded_by="user:1", recorded_at=timezone.now(),
    )  # fmt: skip


def test_loads_when_a_capacity_changes_within_the_period_then_each_day_has_its_own() -> None:
    limit("55301", 2, TODAY - timedelta(days=30))
    limit("55301", 5, TODAY)
    for days, red in ((1, 2), (0, 4)):
        LaneDay.objects.create(
            customs_office="55301", day=TODAY - timedelta(days=days), seen=10, red=red
        )
    LaneDay.objects.create(customs_office="1", day=TODAY, seen=3)
    found = loads_of_offices(EVERYTHING, first=TODAY - timedelta(days=1), last=TODAY)
    assert [(one.office, one.selected, one.capacity) for one in found] == [
        ("55301", 6, 7),
        ("1", 0, None),
    ]
    near = Scope(Reach.OFFICES, offices=("1",))
    assert [one.office for one in loads_of_offices(near, first=TODAY, last=TODAY)] == ["1"]


def test_substances_when_one_item_holds_one_twice_then_its_mass_counts_once(analyst) -> None:
    alert = flagged_shipment(customs_office="55301")
    item = GoodsItem.objects.get()
    item.net_mass_kg = "1500"
    item.save()
    SubstanceMatchFactory(goods_item=item, start=30, end=40)
    day = office_day(alert.accepted_at)
    asked = {"date_from": day, "date_to": day}
    (found,) = sheet_of(analyst, "goods", "substances", **asked)[1:]
    assert found[1:] == ["1.500", "1", "1", "0"]
    later = dict.fromkeys(asked, day + timedelta(days=1))
    assert sheet_of(analyst, "goods", "substances", **later)[1:] == []
    office = alert.declaration.customs_office
    CustomsOfficeFactory(code=office, region="North")
    assert sheet_of(analyst, "goods", "substances", **asked, region="North", office=office)[1:]
    assert not sheet_of(analyst, "goods", "substances", **asked, region="South")[1:]


def test_growth_when_lists_change_on_days_then_their_latest_editions_add_up() -> None:
    first, second = date(2024, 1, 1), date(2025, 1, 1)
    sizes = [
        ListSize("A", 1, first, 10, 9),
        ListSize("A", 2, second, 12, 11),
        ListSize("B", 1, None, 3, 3),
    ]
    assert [(one.day, one.entries) for one in growth_of(sizes)] == [(first, 13), (second, 15)]
    assert growth_of([]) == []


def test_columns_when_drawn_then_the_highest_fills_the_field_and_parts_lie_on_each_other() -> None:
    steps = [("a", {"red": 1, "green": 3}), ("b", {"green": 2}), ("c", {})]
    columns, highest = columns_of(steps, ("red", "green"))
    assert highest == 4
    assert [(one.kind, one.top, one.height) for one in columns[0].segments] == [
        ("red", 150.0, 50.0),
        ("green", 0.0, 150.0),
    ]
    assert [len(one.segments) for one in columns] == [2, 1, 0]


def hrefs(said: str, part: str) -> list[str]:
    return [
        piece.partition('"')[0].replace("&amp;", "&")
        for piece in said.split('href="')[1:]
        if part in piece.partition('"')[0]
    ]


def test_figures_when_opened_then_the_rows_behind_are_as_many(analyst) -> None:
    for number in range(3):
        raised(number, registration_number=f"A-{number}")
    flagged_shipment(registration_number="old", raised_at=timezone.now() - timedelta(days=400))
    said = analyst.get(board("workload"), PERIOD).content.decode()
    rows = sheet_of(analyst, "workload", "age")[1:]
    assert sum(int(row[1]) for row in rows) == 4
    links = hrefs(said.partition('id="age"')[2].partition("</section>")[0], "raised_to")
    for row, link in zip(rows, links, strict=True):
        parts = urlsplit(link)
        page = analyst.get(link).content.decode()
        assert parts.path == "/workbench/alerts"
        assert page.count("<tr data-row ") == int(row[1])


def test_findings_when_acts_are_there_then_precision_with_its_interval_and_acts_behind(
    analyst,
) -> None:
    alert = flagged_shipment()
    InspectionOutcomeFactory(
        declaration=alert.declaration, assessment=alert.assessment, result="offence"
    )
    accepted = office_day(alert.accepted_at)
    period = {"date_from": accepted, "date_to": accepted}
    rows = sheet_of(analyst, "findings", "precision", **period)
    assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:])
    assert rows[1][1:5] == ["1", "1", "100.0 %", "20.7 – 100.0 %"]
    said = analyst.get(board("findings"), period).content.decode()
    (link, *_) = hrefs(said, "indicator=importer_new")
    behind = analyst.get(link).content.decode()
    assert behind.count("<tr data-row>") == 1
    assert alert.registration_number in behind
    empty = analyst.get(link.replace("importer_new", "nothing")).content.decode()
    assert "No inspection is like that" in empty


def test_findings_when_laboratories_were_asked_then_each_number_opens_its_acts(analyst) -> None:
    for number, answer in enumerate((None, None, timezone.now())):
        alert = flagged_shipment(registration_number=f"A-{number}")
        InspectionOutcomeFactory(
            declaration=alert.declaration,
            assessment=alert.assessment,
            laboratory_requested_at=timezone.now() - timedelta(hours=30),
            laboratory_resulted_at=answer,
        )
    rows = sheet_of(analyst, "findings", "laboratory", **PERIOD)
    assert [row[1] for row in rows[1:]] == ["30.0", "30.0", "30.0", "1", "2"]
    said = analyst.get(board("findings"), PERIOD).content.decode()
    of_facts = said.partition('id="laboratory"')[2].partition("</dl>")[0]
    for link, count in zip(hrefs(of_facts, "laboratory="), (1, 2), strict=True):
        assert analyst.get(link).content.decode().count("<tr data-row>") == count


def test_channels_when_counted_by_level_then_their_page_is_behind(analyst) -> None:
    channel_of(flagged_shipment().declaration, PartyFactory(name="The importer"))
    said = analyst.get(board("goods"), PERIOD).content.decode()
    (link,) = hrefs(said, "level=")
    behind = analyst.get(link)
    assert link.startswith("/workbench/channels?")
    assert behind.content.decode().count("<tr data-row>") == 1


def test_figures_when_of_another_office_then_nothing_is_counted() -> None:
    flagged_shipment(customs_office="55301")
    far = signed_in(roles=["analyst"], reach="offices", offices=["1"])
    assert all(row[1] == "0" for row in sheet_of(far, "workload", "age")[1:])
    assert sheet_of(far, "goods", "substances", **PERIOD)[1:] == []


def test_capacity_is_for_those_who_may_read_limits(analyst, senior_analyst) -> None:
    assert 'id="capacity"' not in analyst.get(board("workload")).content.decode()
    assert 'id="capacity"' in senior_analyst.get(board("workload")).content.decode()


def test_period_when_it_cannot_be_then_what_was_typed_is_kept(analyst) -> None:
    asked = {"date_from": "2026-03-02", "date_to": "2026-03-01"}
    answer = analyst.get(board("workload"), asked)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "The period ends before it begins." in said
    assert 'value="2026-03-02"' in said
    long = analyst.get(board("workload"), {"date_from": "2020-01-01", "date_to": "2026-01-01"})
    assert "At most a year at once." in long.content.decode()


@pytest.mark.parametrize("code", ["workload", "findings", "goods"])
def test_boards_when_there_is_more_then_few_queries(
    code, senior_analyst, django_assert_max_num_queries
) -> None:
    LawEntryFactory()
    for number in range(4):
        alert = flagged_shipment(registration_number=f"A-{number}", assignee=UserFactory())
        InspectionOutcomeFactory(declaration=alert.declaration, assessment=alert.assessment)
    with django_assert_max_num_queries(25):
        assert senior_analyst.get(board(code), PERIOD).status_code == 200
    assert senior_analyst.get(board("nothing")).status_code == 404
    assert senior_analyst.get(board(code), {"as": "csv", "figure": "no"}).status_code == 404
