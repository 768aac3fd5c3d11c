"""What was declared of a substance up to a declaration, by its importer and around it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q

from risk.domain.permits.running import SPLIT_DAYS, RequiredOf, RequiredShare, Running
from risk.domain.permits.small import SmallConsignment, read_small_consignments
from risk.selectors.office import midnight
from risk.selectors.rows import Row, fetch
from risk.selectors.running_statements import BY_COUNTRY, BY_IMPORTER
from shipments.models import AnnualLegitimateRequirement

LINKING_KINDS = ("phone", "email", "address", "bank_account", "wallet")
MOST_LINKED = 25
"""Whoever shares an identifier with more parties shares a broker's or an address's, not a
group's: such an identifier links nobody."""

_HUNDRED = Decimal(100)
_PLACES = Decimal("0.000001")


class Importing(NamedTuple):
    """A declaration of import that names something controlled; ``day`` is the office's.

    ``exempt_kg`` is by substance the mass up to which the lists of that day exempt a
    consignment, of those of which some does."""

    pk: int
    importer_id: int
    country: str
    accepted_at: datetime
    registration_number: str
    day: date
    exempt_kg: Mapping[str, Decimal] = {}

    def small_kg(self, substance_key: str) -> Decimal:
        """The mass up to which a consignment of the substance is small: by law, or as taken."""
        exempt = self.exempt_kg.get(substance_key)
        return small_consignments().limit_kg(substance_key) if exempt is None else exempt


class OwnItem(NamedTuple):
    """What one of its items says: ``named`` are the controlled substances with the highest
    percent stated of each."""

    pk: int
    net_mass_kg: Decimal | None
    named: Mapping[str, Decimal | None]


_Asked = dict[tuple[int, str], Importing]
_Needs = dict[tuple[str, str, int | None], list[AnnualLegitimateRequirement]]
_Traders = Mapping[int, frozenset[int]]


@lru_cache(maxsize=1)
def small_consignments() -> SmallConsignment:
    """From which mass on a consignment is no small one, where no entry exempts any."""
    folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "authorisations"
    return read_small_consignments(folder / "small_consignments.csv")


def running_facts(
    asking: Iterable[tuple[Importing, Sequence[OwnItem]]], traders: _Traders
) -> dict[int, tuple[Running, ...]]:
    """By item id, a total for each controlled substance that it names; items in their order.

    As of each declaration; of a merged importer all parties of its trader (``traders``, by
    importer), as they are merged now. No query without items; two, and one more where a country's
    need is stated.
    """
    given = [(one, items) for one, items in asking if any(item.named for item in items)]
    asked: _Asked = {
        (one.pk, key): one for one, items in given for item in items for key in item.named
    }
    if not asked:
        return {}
    before = {
        (row["declaration_id"], row["key"]): row
        for row in fetch(BY_IMPORTER, running_params(asked, traders))
    }
    needs = _needs(asked, traders)
    stated = {
        own: one for own, one in asked.items() if needs.get((one.country, own[1], None)) is not None
    }
    of_country = {
        (row["declaration_id"], row["key"]): row["pure_kg"]
        for row in (fetch(BY_COUNTRY, running_params(stated, {})) if stated else ())
    }
    found: dict[int, list[Running]] = {}
    for one, items in given:
        so_far: dict[str, tuple[Decimal, Decimal]] = {}
        for item in items:
            for key, pct in sorted(item.named.items()):
                net = item.net_mass_kg or Decimal(0)
                net_kg, pure_kg = so_far.get(key, (Decimal(0), Decimal(0)))
                own = (net_kg + net, pure_kg + net * (pct or _HUNDRED) / _HUNDRED)
                so_far[key] = own
                past = before.get((one.pk, key))
                if past is not None:
                    country = of_country.get((one.pk, key), Decimal(0))
                    declared = (country + own[1], past["pure_kg"] + own[1])
                    shares = _shares(one, key, needs, declared, traders)
                    total = _total(key, past, own[0], one.small_kg(key), shares)
                    found.setdefault(item.pk, []).append(total)
    return {pk: tuple(totals) for pk, totals in found.items()}


def running_params(asked: _Asked, traders: _Traders) -> dict[str, Any]:
    """The parameters of the statements, of what is asked by declaration and substance."""
    same = [(head, member) for head, group in sorted(traders.items()) for member in sorted(group)]
    return {
        "heads": [head for head, _ in same],
        "members": [member for _, member in same],
        "declarations": [pk for pk, _ in asked],
        "keys": [key for _, key in asked],
        "limits": [one.small_kg(key) for (_, key), one in asked.items()],
        "importers": [one.importer_id for one in asked.values()],
        "countries": [one.country for one in asked.values()],
        "accepted": [one.accepted_at for one in asked.values()],
        "numbers": [one.registration_number for one in asked.values()],
        "years": [midnight(date(one.day.year, 1, 1)) for one in asked.values()],
        "kinds": list(LINKING_KINDS),
        "most": MOST_LINKED,
        "days": SPLIT_DAYS,
    }


def _total(
    key: str, past: Row, own_kg: Decimal, limit: Decimal, shares: tuple[RequiredShare, ...]
) -> Running:
    is_small = 0 < own_kg <= limit
    return Running(
        substance_key=key,
        importer_year_kg=past["importer_kg"] + own_kg,
        importer_month_kg=past["month_kg"] + own_kg,
        group_year_kg=past["group_kg"] + own_kg,
        group_size=past["group_size"],
        small_count=past["small_count"] + is_small,
        small_kg=past["small_kg"] + (own_kg if is_small else 0),
        small_limit_kg=limit,
        needs=shares,
    )


def _needs(asked: _Asked, traders: _Traders) -> _Needs:
    """By country, substance and holder the needs stated, the latest year first."""
    importers = {one.importer_id for one in asked.values()}
    rows = AnnualLegitimateRequirement.objects.filter(
        Q(holder=None) | Q(holder__among=importers.union(*traders.values())),
        substance_key__among={key for _, key in asked},
    )
    found: _Needs = {}
    for row in rows.order_by("-year"):
        found.setdefault((row.country, row.substance_key, row.holder_id), []).append(row)
    return found


def _shares(
    one: Importing,
    key: str,
    needs: _Needs,
    declared: tuple[Decimal, Decimal],
    traders: _Traders,
) -> tuple[RequiredShare, ...]:
    """Of the country and of the holder, whichever of its parties that is, where a need of that
    year or an earlier one is known; ``declared`` are kilograms of both."""
    trader = traders.get(one.importer_id, frozenset([one.importer_id]))
    shares = []
    for of, holders, declared_kg in (
        (RequiredOf.COUNTRY, [None], declared[0]),
        (RequiredOf.HOLDER, sorted(trader), declared[1]),
    ):
        stated = (row for holder in holders for row in needs.get((one.country, key, holder), ()))
        known = [row for row in stated if row.year <= one.day.year]
        row = max(known, key=lambda row: (row.year, row.stated_on, -row.pk), default=None)
        if row is not None:
            shares.append(
                RequiredShare(
                    of=of.value,
                    year=row.year,
                    required_kg=row.required_kg,
                    declared_kg=declared_kg.quantize(_PLACES),
                    age_days=max(0, (one.day - row.stated_on).days),
                )
            )
    return tuple(shares)
