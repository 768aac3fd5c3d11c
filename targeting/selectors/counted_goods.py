"""How many declarations and how much of controlled goods, by what one asks, beside all of them.

Counted are the declarations that one gives: the rows of the list under the same filters.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, TruncDay, TruncMonth

from risk.models import Channel, SubstanceMatch
from risk.services.assessments import INTAKE
from shipments.models import Declaration
from targeting.models import CustomsOffice
from targeting.selectors.standing import NONE, flagged_matches, level_key, result_key

MOST_ROWS = 500


class By(StrEnum):
    """What goods are counted by; ``country`` is that of dispatch."""

    SUBSTANCE = "substance"
    OFFICE = "office"
    REGION = "region"
    COUNTRY = "country"
    CHANNEL_LEVEL = "channel_level"
    LANE = "lane"
    OUTCOME = "outcome"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedGoods:
    """``declarations`` with a flagged goods item, such ``items``, their net ``mass_kg``, and how
    many of them state none; the ``of_…`` are all of the same key, flagged or not."""

    key: str
    declarations: int = 0
    items: int = 0
    unweighed: int = 0
    mass_kg: Decimal = Decimal(0)
    of_declarations: int = 0
    of_items: int = 0
    of_mass_kg: Decimal = Decimal(0)


_MASS = "items__net_mass_kg"
_COUNTS: Mapping[str, Any] = {
    "declarations": Count("pk", distinct=True, filter=Q(is_found=True)),
    "items": Count("items", filter=Q(is_found=True)),
    "unweighed": Count("items", filter=Q(is_found=True) & Q(**{f"{_MASS}__isnull": True})),
    "mass_kg": Coalesce(Sum(_MASS, filter=Q(is_found=True)), Decimal(0)),
    "of_declarations": Count("pk", distinct=True),
    "of_items": Count("items"),
    "of_mass_kg": Coalesce(Sum(_MASS), Decimal(0)),
}


def counted_goods(
    declarations: QuerySet[Declaration],
    *,
    by: By,
    substance: str | None = None,
    channels: QuerySet[Channel],
) -> list[CountedGoods]:
    """A row for each key of these declarations: days and months in their order, else the heaviest
    first, 500 at most. One query (regions: two; substances: two). ``channels`` are those that
    the reader sees; ``substance`` narrows what counts as flagged."""
    if by is By.SUBSTANCE:
        (total,) = _by(declarations, Value(""), substance) or [CountedGoods(key="")]
        found = counted_substances(declarations, substance=substance)
        return [_beside(one, total) for one in found[:MOST_ROWS]]
    key, declarations = _key(declarations, by, channels)
    rows = _by(declarations, key, substance)
    if by is By.REGION:
        rows = _regions(rows)
    rows = [_named(row, by) for row in rows]
    if by in (By.MONTH, By.DAY):
        return sorted(rows, key=lambda row: row.key)
    return sorted(rows, key=lambda row: (-row.mass_kg, row.key))[:MOST_ROWS]


def total_goods(
    declarations: QuerySet[Declaration], *, substance: str | None = None
) -> CountedGoods:
    """All of these declarations in one row; an item with two substances counts once."""
    return next(iter(_by(declarations, Value(""), substance)), CountedGoods(key=""))


def counted_substances(
    declarations: QuerySet[Declaration], *, substance: str | None = None
) -> list[CountedGoods]:
    """Flagged substances in these declarations, the heaviest first; an item counts once for each
    substance. One query."""
    matches = flagged_matches(substance)
    earlier = SubstanceMatch.objects.filter(
        goods_item=OuterRef("goods_item"),
        substance=OuterRef("substance"),
        is_flagged=True,
        pk__lt=OuterRef("pk"),
    )
    mass = "goods_item__net_mass_kg"
    rows = (
        matches.filter(~Exists(earlier))
        .filter(goods_item__declaration__in=declarations.order_by().values("pk"))
        .order_by()
        .values(key=F("substance__key"))
        .annotate(
            declarations=Count("goods_item__declaration", distinct=True),
            items=Count("pk"),
            unweighed=Count("pk", filter=Q(**{f"{mass}__isnull": True})),
            mass_kg=Coalesce(Sum(mass), Decimal(0)),
        )
        .order_by("-mass_kg", "key")
    )
    return [CountedGoods(**row) for row in rows]


def month_of(key: str) -> tuple[date, date]:
    """The first day of the month and that of the next one.

    >>> month_of("2026-12")
    (datetime.date(2026, 12, 1), datetime.date(2027, 1, 1))
    """
    year, month = map(int, key.split("-"))
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def office_zone() -> ZoneInfo:
    """In which days and months of offices are counted."""
    return ZoneInfo(settings.TARGETING["OFFICE_TIME_ZONE"])


def _key(
    declarations: QuerySet[Declaration], by: By, channels: QuerySet[Channel]
) -> tuple[Any, QuerySet[Declaration]]:
    if by is By.LANE:
        of_intake = FilteredRelation("assessments", condition=Q(assessments__trigger=INTAKE))
        return F("of_intake__lane_decision__lane"), declarations.annotate(of_intake=of_intake)
    keys: Mapping[By, Callable[[], Any]] = {
        By.OFFICE: lambda: F("customs_office"),
        By.REGION: lambda: F("customs_office"),
        By.COUNTRY: lambda: F("country_of_dispatch"),
        By.CHANNEL_LEVEL: lambda: level_key(channels),
        By.OUTCOME: result_key,
        By.MONTH: lambda: TruncMonth("accepted_at", tzinfo=office_zone()),
        By.DAY: lambda: TruncDay("accepted_at", tzinfo=office_zone()),
    }
    return keys[by](), declarations


def _by(declarations: QuerySet[Declaration], key: Any, substance: str | None) -> list[CountedGoods]:
    of_item = flagged_matches(substance).filter(goods_item=OuterRef("items"))
    rows: Any = (
        declarations.order_by()
        .annotate(key=key, is_found=Exists(of_item))
        .values("key")
        # Relations bear some of these names.
        .annotate(**{f"n_{name}": count for name, count in _COUNTS.items()})
    )
    return [
        CountedGoods(key=row["key"], **{name: row[f"n_{name}"] for name in _COUNTS}) for row in rows
    ]


def _named(row: CountedGoods, by: By) -> CountedGoods:
    key: Any = row.key
    if by in (By.MONTH, By.DAY):
        key = key.strftime("%Y-%m" if by is By.MONTH else "%Y-%m-%d")
    return _with_key(row, key or NONE)


def _regions(rows: list[CountedGoods]) -> list[CountedGoods]:
    """Rows of offices as rows of their regions: an office lies in one, so its counts add up."""
    known = CustomsOffice.objects.filter(code__in=[row.key for row in rows])
    region_of = dict(known.values_list("code", "region"))
    found: dict[str, list[CountedGoods]] = {}
    for row in rows:
        found.setdefault(region_of.get(row.key, ""), []).append(row)
    return [_sum(region, group) for region, group in found.items()]


def _sum(key: str, rows: Iterable[CountedGoods]) -> CountedGoods:
    counts: dict[str, Any] = {}
    for row in rows:
        for name in _COUNTS:
            counts[name] = counts.get(name, 0) + getattr(row, name)
    return CountedGoods(key=key, **counts)


def _with_key(row: CountedGoods, key: str) -> CountedGoods:
    return CountedGoods(key=key, **{name: getattr(row, name) for name in _COUNTS})


def _beside(row: CountedGoods, total: CountedGoods) -> CountedGoods:
    """The row of a substance beside all goods of the same declarations."""
    counts = {name: getattr(row, name) for name in _COUNTS if not name.startswith("of_")}
    of_all = {name: getattr(total, name) for name in _COUNTS if name.startswith("of_")}
    return CountedGoods(key=row.key, **counts, **of_all)
