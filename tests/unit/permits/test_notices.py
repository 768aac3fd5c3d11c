"""A notice beside a goods item: which one it came under, why, and what is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from risk.domain.permits.checks import Goods
from risk.domain.permits.notice_reading import SHEET_COLUMNS, read_notice_sheet, read_notices
from risk.domain.permits.notices import (
    DeclaredItem,
    Notice,
    Taken,
    awaited_notices,
    best_notices,
    check_notice,
    compare_notice,
    notice_line,
)
from shipments.domain.masses import Basis
from shipments.domain.notifications import NotificationState
from tests.factories.authorisations import KNOWN
from tests.factories.notifications import notice as entry

DAY = date(2026, 5, 4)


def notice(pk=1, **changes):
    line = notice_line(
        pk,
        changes.pop("substance", "acetone"),
        Basis.NET,
        Decimal(changes.pop("kg", 100)),
        None,
        None,
    )
    values = {
        "authority": "CN",
        "number": f"PEN{pk}",
        "direction": "import",
        "state": NotificationState.NO_OBJECTION,
        "reply_due_on": date(2026, 4, 20),
        "opens_on": date(2026, 4, 25),
        "closes_on": date(2026, 6, 30),
        "dispatch_on": date(2026, 4, 30),
        "importer_id": 1,
        "exporter_id": 9,
        "exporter_names": frozenset({"wuhan"}),
        "entry_point": "55310",
        "transport_document": "",
        "line": line,
    }
    return Notice(pk, **{**values, **changes})


def item(**changes):
    goods = Goods(
        net_mass_kg=changes.pop("kg", Decimal(100)),
        substances=changes.pop("named", {"acetone": None}),
    )
    values = {
        "importer_ids": frozenset({1}),
        "exporter_names": frozenset({"wuhan"}),
        "offices": frozenset({"55310"}),
    }
    return DeclaredItem(7, DAY, goods, **{**values, **changes})


def test_compare_when_everything_agrees_then_all_grounds_and_no_difference():
    found = compare_notice(notice(), item(notice_numbers=frozenset({"PEN1"})))
    assert set(found.grounds) == {
        *("number", "importer", "substance", "exporter", "mass", "window", "entry_point")
    }
    assert (found.differences, found.is_counted) == ((), True)
    assert found.score > 0.99


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"importer_ids": frozenset({2})}, "importer"),
        ({"exporter_names": frozenset({"hamburg"})}, "exporter"),
        ({"named": {"toluene": None}}, "substance"),
        ({"offices": frozenset({"55317"})}, "entry_point"),
        ({"kg": Decimal(106)}, "mass"),
        ({"kg": Decimal(94)}, "mass"),
    ],
)
def test_compare_when_one_thing_differs_then_told(changes, difference):
    found = compare_notice(notice(), item(**changes))
    assert found.differences == (difference,)
    assert difference not in found.grounds


def test_compare_when_a_stranger_names_the_notice_then_it_is_not_used_up():
    named = item(notice_numbers=frozenset({"PEN1"}), importer_ids=frozenset({2}))
    found = compare_notice(notice(), named)
    assert not found.is_counted
    ((_, _, is_sure),) = best_notices([(notice(), found)], DAY, frozenset())
    assert is_sure


def test_compare_when_a_side_states_nothing_then_neither_ground_nor_difference():
    bare = item(exporter_names=frozenset(), offices=frozenset(), kg=None)
    found = compare_notice(notice(), bare)
    assert set(found.grounds) == {"importer", "substance", "window"}
    assert found.differences == ()
    assert best_notices([(notice(), found)], DAY, frozenset())[0][2] is False


def test_best_when_two_are_alike_then_that_whose_dispatch_is_nearest():
    far, near = notice(1, dispatch_on=date(2026, 4, 26)), notice(2, dispatch_on=date(2026, 5, 3))
    told = [(one, compare_notice(one, item())) for one in (far, near)]
    ((best, _, is_sure),) = best_notices(told, DAY, frozenset())
    assert (best.pk, is_sure) == (2, True)
    ((other, _, _),) = best_notices(told, DAY, frozenset({2}))
    assert other.pk == 1


def findings(of, differences=(), total=100, day=DAY):
    taken = Taken(0.9, ("importer",), differences, Decimal(total), Decimal(total))
    return [one.code for one in check_notice(of, taken, day).findings]


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (notice(state=NotificationState.OBJECTED), "objected"),
        (notice(state=NotificationState.SUSPENDED), "suspended"),
        (notice(state=NotificationState.RECEIVED, reply_due_on=DAY), "before_reply"),
    ],
)
def test_check_when_it_may_not_proceed_then_told(of, code):
    assert findings(of) == [code]


def test_check_when_within_the_tolerance_then_nothing_is_wrong():
    assert findings(notice(), total=105) == []
    assert findings(notice(), total=106) == ["more_than_notified"]


def test_check_when_it_differs_then_each_is_told():
    assert findings(notice(), ("importer", "entry_point", "window")) == [
        "wrong_importer",
        "diverted",
        "outside_window",
    ]


def test_awaited_when_other_goods_of_the_same_mass_come_then_told():
    other = item(named={})
    (found,) = awaited_notices([notice()], [(3, other)])
    assert (found.number, found.item_number, found.notified_kg) == ("PEN1", 3, Decimal(100))


@pytest.mark.parametrize(
    "changes",
    [
        {"named": {"acetone": None}},
        {"named": {}, "kg": Decimal(300)},
        {"named": {}, "exporter_names": frozenset({"hamburg"})},
        {"named": {}, "importer_ids": frozenset({2})},
    ],
)
def test_awaited_when_anything_else_differs_then_quiet(changes):
    assert awaited_notices([notice()], [(1, item(**changes))]) == ()


def read(**changes):
    return read_notices([entry(**changes)], file_name="x", known=KNOWN._replace(authority=""))


def test_reading_when_no_authority_is_told_then_the_exporters_country():
    (record,) = read().records
    assert (record.authority, record.notified_kg, record.valid_to) == ("CN", Decimal(100), None)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"substance_key": "water"}, "substance_key"),
        ({"quantity_kg": "-1"}, "amount"),
        ({"number": ""}, "number"),
        ({"sent_on": ""}, "sent_on"),
        ({"dispatch_on": "2020-01-01"}, "dispatch_on"),
        ({"state": "lapsed"}, "state"),
        ({"importer": {"country": "KZ"}}, "importer.name"),
        ({"exporter": "A"}, "exporter"),
        ({"period_months": 7, "dispatch_on": "", "valid_from": "2026-01-01"}, "period_months"),
        ({"period_months": 6, "dispatch_on": ""}, "valid_from"),
        ({"period_months": 6, "valid_from": "2026-01-01"}, "dispatch_on"),
        ({"basis": "solution"}, "solution_pct"),
        ({"matched_kg": 1}, "matched_kg"),
    ],
)
def test_reading_when_a_value_is_wrong_then_refused_by_name(changes, column):
    reading = read(**changes)
    assert reading.records == ()
    assert [fault.column for fault in reading.rejected] == [column]


def test_sheet_when_a_row_is_read_then_as_the_object():
    cells = {
        "number": "PEN1", "state": "no_objection", "substance_key": "acetone", "amount": "100",
        "sent_on": "2026-05-01", "exporter_name": "A", "exporter_country": "CN",
        "importer_name": "B", "importer_bin": "990140000007", "valid_from": "2026-05-01",
        "period_months": "12",
    }  # fmt: skip
    content = ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"
    reading = read_notice_sheet(content.encode(), file_name="n.csv", known=KNOWN)
    assert reading.rejected == ()
    (record,) = reading.records
    assert (record.authority, record.period_months) == ("МВД", 12)
    assert record.valid_to == date(2027, 4, 30)
    assert set(cells) <= set(SHEET_COLUMNS)
