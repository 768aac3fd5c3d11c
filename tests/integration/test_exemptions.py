"""An entry's quantity exemption, from its edition to the lane: by day, period and holder."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from risk.models import IndicatorRow, RiskAssessment, SubstanceMatch
from risk.selectors.facts import facts_of
from risk.services.drafts import start_draft
from shipments.models import Declaration
from targeting import jobs
from targeting.models import Alert
from targeting.selectors.table_digests import digest_tables
from tests.factories.risk import ControlListFactory
from tests.integration.conftest import declaration, work_off
from tests.integration.test_drafts import EDITOR
from tests.integration.test_law import START, make_edition
from tests.integration.test_law import only_own_lists as only_own_lists
from tests.integration.test_look_back import NOW, look_back

pytestmark = pytest.mark.django_db
DAY = date(2025, 11, 12)
OTHER = "850340000008"


@pytest.fixture
def lists(take_in, only_own_lists):
    """Acetone on a treaty's list, which exempts nothing, and on lists of the office's law."""
    for code, place in (("UN", "UN"), ("KZ-1", "KZ")):
        ControlListFactory(code=code, jurisdiction=place)
    make_edition(1, None, ["acetone"], code="UN")
    return lambda number, since, **values: make_edition(
        number, since, ["acetone"], code="KZ-1", **values
    )


def exempt(amount, unit="kg", period="consignment") -> dict[str, Any]:
    return {"exempt_amount": Decimal(amount), "exempt_unit": unit, "exempt_period": period}


def trade(number: int, kg, *, day: date = DAY, importer: str = "990140000007", **item: Any):
    firm = {"name": f"ТОО {importer}", "country": "KZ"}
    firm |= {"identifiers": [{"kind": "bin", "value": importer}]} if importer else {}
    goods = {"description": "ACETONE", "commodity_code": "2914110000", "net_mass_kg": kg}
    return declaration(
        number,
        item=goods | item,
        accepted_at=f"{day}T{10 + number % 10}:00:00+05:00",
        parties=[{"role": "importer", **firm}] if importer else [],
    )


def states() -> dict[int, tuple[str, ...]]:
    ids = list(Declaration.objects.values_list("pk", flat=True))
    return {
        int(facts.registration_number[-7:]): tuple(
            one.state for one in facts.items[0].matches[0].exemptions
        )
        for _, facts in facts_of(declaration_ids=ids)
    }


def missing_licences(trigger: str = "intake") -> set[int]:
    return fired("licence_missing", trigger)


def fired(code: str, trigger: str) -> set[int]:
    rows = IndicatorRow.objects.filter(code=code, assessment__trigger=trigger).values_list(
        "assessment__declaration__registration_number", flat=True
    )
    return {int(number[-7:]) for number in rows}


def assessed_again() -> set[int]:
    rows = RiskAssessment.objects.filter(trigger="list_change").values_list(
        "declaration__registration_number", flat=True
    )
    return {int(number[-7:]) for number in rows}


def test_a_consignment_when_under_the_entrys_exemption_then_no_licence_lane_or_alert(
    lists, take_in
):
    lists(1, None, **exempt(12))
    take_in([trade(1, "12"), trade(2, "12.5"), trade(3, None)])
    assert states() == {1: ("within",), 2: ("exceeded",), 3: ("quantity_unknown",)}
    assert missing_licences() == {2, 3}
    alerts = set(Alert.objects.values_list("registration_number", flat=True))
    assert {int(number[-7:]) for number in alerts} == {2, 3}
    marked = SubstanceMatch.objects.filter(is_exempt=True)
    assert [m.goods_item.declaration.registration_number[-1] for m in marked] == ["1"]
    # Its items are one consignment.
    both = trade(4, "7")
    both["items"].append(both["items"][0] | {"item_number": 2})
    take_in([both])
    assert states()[4] == ("exceeded",)


def test_consignments_when_exempted_over_a_month_then_their_holders_sum_counts(lists, take_in):
    lists(1, None, **exempt(12, period="month"))
    later = DAY + timedelta(days=32)
    take_in([
        trade(1, "5"), trade(2, "7"), trade(3, "1"), trade(4, "11", importer=OTHER),
        trade(5, "11.9", day=later), trade(6, "1", importer=""),
    ])  # fmt: skip
    assert states() == {
        1: ("within",), 2: ("within",), 3: ("exceeded",), 4: ("within",), 5: ("within",),
        6: ("holder_unknown",),
    }  # fmt: skip
    assert missing_licences() == {3, 6}


def test_an_exemption_in_litres_when_the_density_is_unknown_then_not_exempted_and_said(
    lists, take_in
):
    lists(1, None, **exempt(10, "l"))
    litres = {"supplementary_quantity": "10", "supplementary_unit": "112"}
    take_in([trade(1, "5"), trade(2, "8", **litres)])
    assert states() == {1: ("density_unknown",), 2: ("within",)}
    assert missing_licences() == {1}


def test_editions_when_they_begin_on_the_day_then_the_one_approved_last_exempts(lists, take_in):
    lists(1, None)
    lists(2, DAY, **exempt(12))
    lists(3, DAY, **exempt(6))
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=40)
    lists(4, after)
    take_in([
        trade(1, "5", day=before), trade(2, "5"), trade(3, "7"), trade(4, "5", day=after),
    ])  # fmt: skip
    assert states() == {1: (), 2: ("within",), 3: ("exceeded",), 4: ()}
    assert missing_licences() == {1, 3, 4}


def test_split_when_entries_exempt_then_by_their_limit_and_else_by_the_table(lists, take_in):
    lists(1, DAY, **exempt(4))
    before = DAY - timedelta(days=60)
    take_in([trade(n, "5", day=before) for n in (1, 2, 3)] + [trade(n, "3") for n in (4, 5, 6)])
    ids = Declaration.objects.order_by("registration_number").values_list("pk", flat=True)
    totals = {pk: facts.items[0].running[0] for pk, facts in facts_of(declaration_ids=list(ids))}
    limits = [totals[pk].small_limit_kg for pk in ids]
    assert limits == [12, 12, 12, 4, 4, 4]
    assert fired("consignments_split", "intake") == {3, 6}
    assert missing_licences() == {1, 2, 3}


def test_look_back_when_only_an_exemption_falls_then_what_it_exempted_is_judged_again(
    lists, take_in
):
    lists(1, None, **exempt(12))
    take_in([trade(1, "5"), trade(2, "11"), trade(3, "13"), trade(4, None)])
    assert missing_licences() == {3, 4}
    found = look_back(lists(2, START, **exempt(6)))
    assert (found.entry_count, found.match_count, found.alert_count) == (1, 1, 1)
    assert assessed_again() == missing_licences("list_change") == {2}
    again = RiskAssessment.objects.get(trigger="list_change")
    assert (again.trigger_key, again.basis.list_editions["KZ-1"]) == ("KZ-1/2/2026-03-01", 2)
    assert Alert.objects.get(declaration=again.declaration).is_retroactive
    marks = SubstanceMatch.objects.filter(goods_item__declaration=again.declaration)
    assert list(marks.order_by("pk").values_list("look_back", "is_exempt")) == [
        (None, True),
        (found.pk, False),
    ]


@pytest.mark.parametrize(
    ("law", "again"),
    [({}, {1, 2}), (exempt(5), {2}), (exempt(12, period="month"), {2}), (exempt(30), set())],
)
def test_look_back_when_an_exemption_changes_then_only_what_it_says_more_against_counts(
    law, again, lists, take_in
):
    lists(1, None, **exempt(12))
    take_in([trade(1, "5"), trade(2, "11")])
    before = digest_tables()
    found = look_back(lists(2, START, **law))
    assert (assessed_again(), found.match_count) == (again, len(again))
    assert again or digest_tables() == before


def test_look_backs_when_repeated_out_of_order_then_nothing_changes(lists, take_in):
    lists(1, None, **exempt(12))
    take_in([trade(1, "5"), trade(2, "11")])
    first = look_back(lists(2, START, **exempt(6)))
    second = look_back(lists(3, START + timedelta(days=1), **exempt(4)), START + timedelta(days=1))
    assert [one.match_count for one in (first, second)] == [1, 1]
    before = digest_tables()
    for one in (second, first):
        jobs.repeat_job(job_id=one.job_id, now=NOW)
        work_off()
    assert digest_tables() == before


def test_look_back_when_only_another_states_law_exempts_otherwise_then_nothing_is_judged_again(
    lists, take_in
):
    lists(1, None, **exempt(12))
    take_in([trade(1, "5")])
    found = look_back(make_edition(2, START, ["acetone"], code="UN", **exempt(1)))
    assert (found.entry_count, found.match_count, assessed_again()) == (1, 0, set())


def test_look_back_when_what_is_small_falls_then_consignments_are_newly_split(lists, take_in):
    lists(1, None, **exempt(12))
    take_in([trade(n, "3") for n in (1, 2, 3)])
    assert not fired("consignments_split", "intake")
    found = look_back(lists(2, START, **exempt(4)))
    assert fired("consignments_split", "list_change") == assessed_again() == {3}
    assert SubstanceMatch.objects.get(look_back=found).is_exempt


@pytest.mark.parametrize(
    ("law", "lines", "alerts"),
    [
        (exempt(6), {"exempt_no_more": 1}, (1, 0)),
        (exempt(13), {"exempted": 1}, (0, 1)),
        (exempt(12), {}, None),
        (exempt(6) | {"concentration_min_pct": 60}, {"changes": 3}, (1, 0)),
    ],
)
def test_simulation_when_only_an_exemption_changes_then_its_lines_and_alerts_are_told(
    law, lines, alerts, lists, take_in
):
    law_now = lists(1, None, **exempt(12))
    take_in([trade(1, "5"), trade(2, "11"), trade(3, "13", importer=OTHER)])
    draft = start_draft(control_list=law_now.control_list, actor=EDITOR)
    draft.entries.update(**law)
    now = datetime(2025, 11, 20, tzinfo=UTC)
    found = jobs.simulate(edition=draft, days=30, actor="user:1", now=now)
    work_off()
    found.refresh_from_db()
    assert found.result["lines"] == lines
    told = [(one["new"], one["gone"]) for one in found.result["alerts"] if one["is_active"]]
    assert told == ([] if alerts is None else [alerts])
    assert found.result["declarations"] == sum(lines.values())
