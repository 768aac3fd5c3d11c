"""Running totals: what was declared of a substance this year, against what is needed."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from risk.models import IndicatorRow, PartyAlias, SubstanceMatch
from risk.selectors.facts import facts_of
from shipments.models import Declaration, Party, PartyIdentifier
from tests.factories.requirements import need, norm, state
from tests.integration.conftest import declaration

pytestmark = pytest.mark.django_db
OTHER, THIRD = "850340000008", "210240000021"
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def test_shares_when_needs_are_stated_then_of_country_and_holder_as_of_the_declaration(take_in):
    state(need(250, year=2024, stated_on="2024-01-01"), norm(150, year=2025), norm(1))
    take_in([
        trade(1), trade(2), trade(3, importer=OTHER),
        trade(4, direction="export", document_kind="export"),
        trade(5, text="ТОЛУОЛ", code="2902300000"), trade(6, importer=OTHER),
    ])  # fmt: skip
    told = _shares()
    assert told[1] == [("country", 2024, 100, False), ("holder", 2025, 100, False)]
    assert told[2] == [("country", 2024, 200, False), ("holder", 2025, 200, True)]
    # Another importer has no norm, and adds to what the country took in.
    assert told[3] == [("country", 2024, 300, True)]
    assert told[6] == [("country", 2024, 400, True)]
    # An export uses nothing up; of toluene nobody stated a need: that is not a need of nothing.
    assert (told[4], told[5]) == (None, [])
    fired = IndicatorRow.objects.filter(code="requirement_exceeded")
    assert fired.filter(params__required_of="holder").count() == 1
    assert fired.count() == 3


def test_shares_when_nothing_is_needed_then_anything_is_too_much(take_in):
    state(need(0, year=2020, stated_on="2020-01-01"))
    take_in([trade(1, kg=1, pct=10)])
    (share,) = _total(1).needs
    assert share.declared_kg == Decimal("0.1")
    assert (share.share, share.is_exceeded, share.is_stale) == (None, True, True)


def test_total_when_versions_follow_then_the_last_counts_for_those_after(take_in):
    take_in([trade(1), trade(2, kg=5)])
    assert _total(2).importer_year_kg == 105
    take_in([trade(1, kg=40, version=2)])
    assert _total(2).importer_year_kg == 45
    first = Declaration.objects.get(registration_number__endswith="/0000001", version=1)
    assert _total_of(first).importer_year_kg == 100
    take_in([
        {k: v for k, v in trade(1, version=3).items() if k not in ("items", "parties")}
        | {"is_cancelled": True}
    ])  # fmt: skip
    assert _total(2).importer_year_kg == 5


def test_total_when_importers_are_one_trader_then_of_all_its_parties_until_that_is_undone(take_in):
    state(norm(150, year=2025))
    take_in([trade(1), trade(2, importer=OTHER), trade(3, importer=OTHER)])
    apart = _total(3)
    assert (apart.importer_year_kg, apart.importer_month_kg, apart.needs) == (200, 200, ())
    alias = merged("990140000007", OTHER)
    total = _total(3)
    assert (total.importer_year_kg, total.importer_month_kg) == (300, 300)
    assert (total.group_year_kg, total.group_size) == (300, 1)
    # The norm is the trader's, whichever of its parties holds it.
    assert _shares()[3] == [("holder", 2025, 300, True)]
    assert _total(2).importer_year_kg == 200
    alias.delete()
    assert _total(3) == apart


def test_total_when_a_merged_party_shares_a_phone_then_its_group_is_the_traders(take_in):
    take_in([trade(1), trade(2, importer=OTHER), trade(3, importer=THIRD)])
    for number in ("990140000007", OTHER):
        PartyIdentifier.objects.create(
            party=party(number), kind="phone", value="+77272580000", first_seen_at=LONG_AGO
        )
    assert (_total(3).group_year_kg, _total(3).group_size) == (100, 1)
    merged(THIRD, OTHER)
    total = _total(3)
    assert (total.importer_year_kg, total.group_year_kg, total.group_size) == (200, 300, 2)


def test_total_when_an_earlier_item_may_be_the_substance_only_then_it_is_not_added_up(take_in):
    state(need(1000, year=2024, stated_on="2024-01-01"))
    take_in([trade(1), trade(2), trade(3)])
    doubted = SubstanceMatch.objects.filter(
        goods_item__declaration__registration_number__endswith="/0000002"
    )
    assert doubted.update(is_above_alert_point=False) == 1
    # What an item may be counts in its own total: that asks what if it is.
    assert [_total(number).importer_year_kg for number in (1, 2, 3)] == [100, 200, 200]
    assert _total(3).needs[0].declared_kg == 200


def test_shares_of_a_country_begin_anew_with_each_year_of_the_office(take_in):
    state(need(1000, year=2024, stated_on="2024-01-01"))
    times = ["2024-12-30T10:00", "2024-12-31T23:59", "2025-01-01T00:00", "2025-01-02T10:00"]
    importers = ["990140000007", OTHER, THIRD, OTHER]
    take_in([
        trade(number, importer=importer, kg=number, accepted_at=f"{at}:00+05:00")
        for number, (at, importer) in enumerate(zip(times, importers, strict=True), 1)
    ])  # fmt: skip
    assert {n: shares[0][2] for n, shares in _shares().items()} == {1: 1, 2: 3, 3: 3, 4: 7}


def party(number: str) -> Party:
    return Party.objects.get(key=f"bin:{number}")


def merged(*numbers: str) -> PartyAlias:
    head, other = sorted(map(party, numbers), key=lambda one: one.pk)
    return PartyAlias.objects.create(party=other, representative=head)


def trade(
    number: int,
    *,
    kg: int = 100,
    importer: str = "990140000007",
    text: str = "АЦЕТОН",
    code: str = "2914110000",
    pct: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An import of acetone in April 2025, a day after the one with the number before."""
    item = {
        "description": f"{text}, {pct} %" if pct else text,
        "commodity_code": code,
        "net_mass_kg": str(kg),
    }
    firm = {"name": f"ТОО {importer}", "country": "KZ"}
    firm |= {"identifiers": [{"kind": "bin", "value": importer}]}
    roles = [{"role": role, **firm} for role in ("importer", "consignee", "declarant")]
    more = {"accepted_at": f"2025-04-{number:02}T10:00:00+05:00"} | more
    return declaration(number, item=item, parties=roles, **more)


def _total(number: int):
    rows = Declaration.objects.filter(registration_number__endswith=f"/{number:07}")
    return _total_of(rows.latest("version"))


def _total_of(row: Declaration):
    ((_, facts),) = facts_of(declaration_ids=[row.pk])
    (total,) = facts.items[0].running
    return total


def _shares() -> dict[int, list[tuple[str, int, Decimal, bool]] | None]:
    ids = list(Declaration.objects.values_list("pk", flat=True))
    told = {}
    for _, facts in facts_of(declaration_ids=ids):
        running = facts.items[0].running
        told[int(facts.registration_number[-7:])] = running and [
            (one.of, one.year, one.declared_kg, one.is_exceeded)
            for total in running
            for one in total.needs
        ]
    return told
