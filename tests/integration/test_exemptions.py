"""An entry's quantity exemption, from its edition to the lane: by day, period and holder."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from risk.models import IndicatorRow, SubstanceMatch
from risk.selectors.facts import facts_of
from shipments.models import Declaration
from targeting.models import Alert
from tests.factories.risk import ControlListFactory
from tests.integration.conftest import declaration
from tests.integration.test_law import make_edition
from tests.integration.test_law import only_own_lists as only_own_lists

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


def missing_licences() -> set[int]:
    rows = IndicatorRow.objects.filter(code="licence_missing").values_list(
        "assessment__declaration__registration_number", flat=True
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
    split = IndicatorRow.objects.filter(code="consignments_split").values_list(
        "assessment__declaration__registration_number", flat=True
    )
    assert {int(number[-7:]) for number in split} == {3, 6}
    assert missing_licences() == {1, 2, 3}
