"""The four-way check of declarations, by the registers as they are now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from risk.domain.facts import DeclarationFacts
from risk.domain.indicators.standing import needs_permit
from risk.domain.permits.four_way import SPLIT_DAYS, Found, Row, Running, four_way_check
from risk.domain.permits.small import SmallConsignment, read_small_consignments
from risk.models import InspectionOutcome
from risk.selectors.facts import facts_of
from risk.selectors.permit_facts import LINKING_KINDS

MOST_LINKED = 25
"""Whoever shares an identifier with more parties shares a broker's or an address's, not a
group's: such an identifier links nobody."""

# What was declared of a substance up to each item, by its importer and those who share an
# identifier with it; only the latest versions have trade records.
_RUNNING = """
    WITH given AS MATERIALIZED (
      SELECT own.id AS item_id, own.key, own.limit_kg, d.accepted_at, d.registration_number,
             record.importer_id
      FROM unnest(%(items)s::bigint[], %(keys)s::text[], %(limits)s::numeric[])
        AS own (id, key, limit_kg)
      JOIN risk_traderecord AS record ON record.goods_item_id = own.id
      JOIN shipments_declaration AS d ON d.accepted_at = record.accepted_at
        AND d.registration_number = record.registration_number AND d.version = record.version
      WHERE record.importer_id IS NOT NULL
    ), members AS MATERIALIZED (
      SELECT DISTINCT importer_id, importer_id AS party_id FROM given
      UNION
      SELECT own.party_id, other.party_id FROM (SELECT DISTINCT importer_id FROM given) AS g
      JOIN shipments_partyidentifier AS own
        ON own.party_id = g.importer_id AND own.kind = ANY(%(kinds)s)
      CROSS JOIN LATERAL (
        SELECT party_id, count(*) OVER () AS parties FROM (
          SELECT DISTINCT party_id FROM shipments_partyidentifier AS x
          WHERE x.kind = own.kind AND x.value = own.value LIMIT %(most)s + 1) AS sharing
      ) AS other WHERE other.parties <= %(most)s
    )
    SELECT given.item_id, given.key,
           coalesce(sum(past.net_mass_kg) FILTER (WHERE past.importer_id = given.importer_id), 0),
           coalesce(sum(past.net_mass_kg), 0),
           (SELECT count(*) FROM members WHERE members.importer_id = given.importer_id),
           count(*) FILTER (WHERE past.is_small),
           coalesce(sum(past.net_mass_kg) FILTER (WHERE past.is_small), 0)
    FROM given CROSS JOIN LATERAL (
      SELECT record.importer_id, record.net_mass_kg,
             record.net_mass_kg <= given.limit_kg
               AND record.accepted_at > given.accepted_at - %(days)s * interval '1 day' AS is_small
      FROM members
      JOIN risk_traderecord AS record ON record.importer_id = members.party_id
       AND record.accepted_at > given.accepted_at - interval '1 year'
       AND (record.accepted_at, record.registration_number)
             <= (given.accepted_at, given.registration_number)
      WHERE members.importer_id = given.importer_id AND EXISTS (
        SELECT FROM risk_substancematch AS match
        JOIN risk_substance AS substance ON substance.id = match.substance_id
        WHERE match.goods_item_id = record.goods_item_id AND substance.key = given.key
          AND NOT match.is_upcoming)
    ) AS past
    GROUP BY given.item_id, given.key, given.importer_id
"""


@lru_cache(maxsize=1)
def small_consignments() -> SmallConsignment:
    """From which mass on a consignment is no small one."""
    folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "authorisations"
    return read_small_consignments(folder / "small_consignments.csv")


def four_way_checks(declaration_ids: Sequence[int]) -> dict[int, tuple[Row, ...]]:
    """The rows by declaration id, as of each declaration; a fixed number of queries, however
    many declarations there are."""
    found = facts_of(declaration_ids=declaration_ids)
    items = _item_ids([pk for pk, _ in found])
    running = running_totals(found, items)
    acts = _acts([pk for pk, _ in found])
    checked = {}
    for pk, facts in found:
        own = {
            (number, key): told
            for (declaration, number, key), told in running.items()
            if declaration == pk
        }
        checked[pk] = four_way_check(facts, own, acts.get(pk, {}))
    return checked


def running_totals(
    found: Iterable[tuple[int, DeclarationFacts]], items: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int, str], Running]:
    """By declaration id, item number and substance; one query. ``items`` are ids by declaration
    id and item number."""
    limits = small_consignments()
    asked = {
        (items[(pk, item.item_number)], match.substance_key): (pk, item.item_number)
        for pk, facts in found
        for item in facts.items
        for match in item.matches
        if needs_permit(match) and (pk, item.item_number) in items
    }
    if not asked:
        return {}
    params: dict[str, Any] = {
        "items": [item for item, _ in asked],
        "keys": [key for _, key in asked],
        "limits": [limits.limit_kg(key) for _, key in asked],
        "kinds": list(LINKING_KINDS),
        "most": MOST_LINKED,
        "days": SPLIT_DAYS,
    }
    told: dict[tuple[int, int, str], Running] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, params)
        for item, key, own_kg, group_kg, size, count, small_kg in cursor.fetchall():
            told[(*asked[(item, key)], key)] = Running(
                importer_year_kg=own_kg,
                group_year_kg=group_kg,
                group_size=size,
                small_count=count,
                small_kg=small_kg,
                small_limit_kg=limits.limit_kg(key),
            )
    return told


def _item_ids(declaration_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT declaration_id, item_number, id FROM shipments_goodsitem"
            " WHERE declaration_id = ANY(%s)",
            [list(declaration_ids)],
        )
        return {(pk, number): item for pk, number, item in cursor.fetchall()}


def _acts(declaration_ids: Sequence[int]) -> dict[int, dict[int, list[Found]]]:
    """Acts that nothing corrects, the latest first, by declaration and item number."""
    rows = InspectionOutcome.objects.filter(
        declaration__among=declaration_ids, superseded_by=None
    ).select_related("found_substance")
    found: dict[int, dict[int, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("-inspected_at", "-id"):
        mass: Decimal | None = row.found_mass_kg
        found[row.declaration_id][row.item_number].append(
            Found(
                act_number=row.act_number,
                result=row.result,
                substance_key=row.found_substance.key if row.found_substance else "",
                mass_kg=mass,
            )
        )
    return found
