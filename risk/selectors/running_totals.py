"""What importers declared of controlled substances up to the end of a day: running totals apart
from any declaration."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from risk.domain.indicators.standing import PERMIT_KINDS
from risk.domain.permits.exemptions import small_limit_kg
from risk.domain.permits.running import Running
from risk.selectors.lists import LawInForce, law_by_day
from risk.selectors.office import midnight
from risk.selectors.rows import fetch
from risk.selectors.running import Importing, OwnItem, running_facts, running_params
from risk.selectors.running_statements import IMPORTED, MEMBERS, SURELY_NAMED
from risk.selectors.traders import traders_of
from shipments.models import Party

_TRADED = f"""
    SELECT DISTINCT coalesce(alias.representative_id, record.importer_id) AS importer_id,
           given.key AS substance_key
    FROM (SELECT id AS substance_id, key FROM risk_substance WHERE key = ANY(%(keys)s)) AS given
    JOIN risk_substancematch AS match ON {SURELY_NAMED}
    JOIN risk_traderecord AS record ON record.goods_item_id = match.goods_item_id
     AND record.accepted_at > %(until)s - interval '1 year' AND record.accepted_at < %(until)s
     AND record.importer_id IS NOT NULL{IMPORTED}
    LEFT JOIN risk_partyalias AS alias ON alias.party_id = record.importer_id
    WHERE (%(offices)s::text[] IS NULL OR d.customs_office = ANY(%(offices)s))
      AND (%(importers)s::bigint[] IS NULL OR record.importer_id = ANY(%(importers)s))
    ORDER BY 1, 2 LIMIT %(most)s
"""  # noqa: S608 - composed of constants
_OF_THE_YEAR = """
      AND record.accepted_at > given.accepted_at - interval '1 year'
      AND record.accepted_at < given.accepted_at"""
_CONSIGNMENTS = f"""{MEMBERS}
    SELECT i.declaration_id, record.registration_number, record.item_number, record.accepted_at,
           d.customs_office, record.importer_id, record.net_mass_kg, told.concentration_pct,
           record.accepted_at > given.accepted_at - %(days)s * interval '1 day'
           AND sum(record.net_mass_kg) OVER (
             PARTITION BY record.importer_id, record.accepted_at, record.registration_number
           ) <= given.limit_kg AS is_small
    FROM given JOIN members USING (importer_id, accepted_at)
    JOIN risk_traderecord AS record ON record.importer_id = members.party_id{_OF_THE_YEAR}
    CROSS JOIN LATERAL (
      SELECT max(match.concentration_pct) AS concentration_pct FROM risk_substancematch AS match
      WHERE match.goods_item_id = record.goods_item_id AND {SURELY_NAMED}
      HAVING count(*) > 0) AS told{IMPORTED}
    WHERE %(offices)s::text[] IS NULL OR d.customs_office = ANY(%(offices)s)
    ORDER BY record.accepted_at DESC, record.registration_number DESC, record.item_number DESC
    LIMIT %(shown)s
"""  # noqa: S608 - composed of constants
_GROUP = f"""{MEMBERS}
    SELECT members.party_id, members.is_own, (
      SELECT coalesce(sum(record.net_mass_kg), 0) FROM risk_traderecord AS record{IMPORTED}
      WHERE record.importer_id = members.party_id{_OF_THE_YEAR}
        AND EXISTS (SELECT FROM risk_substancematch AS match
                    WHERE match.goods_item_id = record.goods_item_id AND {SURELY_NAMED})
      ) AS year_kg
    FROM given JOIN members USING (importer_id, accepted_at)
    ORDER BY NOT members.is_own, year_kg DESC, members.party_id
"""  # noqa: S608 - composed of constants


class Traded(NamedTuple):
    """An importer, the head of its trader, and a substance that it declared."""

    importer_id: int
    substance_key: str


class RunningTotal(NamedTuple):
    """The totals of one importer and substance up to the end of a day."""

    importer: Party
    running: Running


class GroupMember(NamedTuple):
    """A party of the importer's trader (``is_own``), or one that shares an identifier with it, with
    the net kilograms that it declared in the year before."""

    party_id: int
    is_own: bool
    year_kg: Decimal


class Consignment(NamedTuple):
    """A goods item behind a total. ``is_small``: its declaration is one of those that are seen
    as one when they are several."""

    declaration_id: int
    registration_number: str
    item_number: int
    accepted_at: datetime
    customs_office: str
    importer_id: int
    net_mass_kg: Decimal | None
    concentration_pct: Decimal | None
    is_small: bool


def traded_substances(
    *,
    day: date,
    most: int,
    substance_key: str = "",
    importer_ids: Collection[int] | None = None,
    offices: Collection[str] | None = None,
) -> list[Traded]:
    """Who declared what for import in the year up to the end of ``day``, of what a list of that
    day controls by permits; at most ``most``.

    None means all: of importers, and of the offices one of which a consignment went through.
    """
    keys = {key for (_, key), kinds in _lists(day).kinds.items() if PERMIT_KINDS & {*kinds}}
    if substance_key:
        keys &= {substance_key}
    rows = fetch(
        _TRADED,
        {
            "keys": sorted(keys),
            "until": _until(day),
            "offices": None if offices is None else sorted(offices),
            "importers": None if importer_ids is None else sorted(importer_ids),
            "most": most,
        },
    )
    return [Traded(row["importer_id"], row["substance_key"]) for row in rows]


def running_totals(traded: Sequence[Traded], *, day: date) -> list[RunningTotal]:
    """The totals of each, in their order; a fixed number of queries."""
    importers = Party.objects.in_bulk({one.importer_id for one in traded})
    exempt_kg = _exempt_kg(day)
    asking = [
        (
            _importing(one, importers[one.importer_id], number, day, exempt_kg),
            [_nothing(one, number)],
        )
        for number, one in enumerate(traded)
    ]
    found = running_facts(asking, traders_of(importers))
    return [
        RunningTotal(importers[one.importer_id], found[number][0])
        for number, one in enumerate(traded)
    ]


def group_of(one: Traded, *, day: date) -> list[GroupMember]:
    """Whose consignments the group's total adds up, its own parties first. Three queries."""
    return [GroupMember(**row) for row in fetch(_GROUP, _params(one, day))]


def consignments_of(
    one: Traded, *, day: date, most: int, offices: Collection[str] | None
) -> list[Consignment]:
    """What the group's total adds up, the latest accepted first; ``offices`` None means all."""
    more = {"shown": most, "offices": None if offices is None else sorted(offices)}
    return [Consignment(**row) for row in fetch(_CONSIGNMENTS, _params(one, day) | more)]


def _params(one: Traded, day: date) -> dict[str, Any]:
    importer = Party.objects.get(pk=one.importer_id)
    asked = {(0, one.substance_key): _importing(one, importer, 0, day, _exempt_kg(day))}
    return running_params(asked, traders_of([importer.pk]))


def _importing(
    one: Traded, importer: Party, number: int, day: date, exempt_kg: Mapping[str, Decimal]
) -> Importing:
    """As if something were declared at the end of the day: everything before it counts."""
    return Importing(
        pk=number,
        importer_id=importer.pk,
        country=importer.country,
        accepted_at=_until(day),
        registration_number="",
        day=day,
        exempt_kg=exempt_kg,
    )


def _nothing(one: Traded, number: int) -> OwnItem:
    return OwnItem(pk=number, net_mass_kg=None, named={one.substance_key: None})


def _exempt_kg(day: date) -> dict[str, Decimal]:
    return {
        key: limit
        for key, exemptions in _lists(day).exemptions.items()
        if (limit := small_limit_kg(exemptions)) is not None
    }


def _lists(day: date) -> LawInForce:
    return law_by_day([day])[day]


def _until(day: date) -> datetime:
    return midnight(day + timedelta(days=1))
