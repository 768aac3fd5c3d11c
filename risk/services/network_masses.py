"""Masses by substance on edges, brought to what the latest versions of declarations hold."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from risk.domain.network.masses import Change, Held, mass_changes
from risk.models import LinkSubstance, TieSubstance, WeighedSubstance
from risk.services.networks import edges_shown
from shipments.services.bulk import upsert_rows

# By index, row after row: a condition across tables is planned by statistics that a growing
# installation does not have yet.
_HELD = """
    SELECT found.declaration_id, found.substance_id, sum(found.mass_kg)
    FROM (
      SELECT DISTINCT d.id AS declaration_id, item.id AS item_id, match.substance_id,
             COALESCE(item.net_mass_kg, 0) AS mass_kg
      FROM unnest(%(numbers)s::text[]) AS given (number)
      CROSS JOIN LATERAL (
        SELECT id, is_cancelled, document_kind FROM shipments_declaration
        WHERE registration_number = given.number ORDER BY version DESC LIMIT 1) AS d
      CROSS JOIN LATERAL (
        SELECT i.id, i.net_mass_kg FROM shipments_goodsitem AS i
        WHERE i.declaration_id = d.id OFFSET 0) AS item
      CROSS JOIN LATERAL (
        SELECT m.substance_id FROM risk_substancematch AS m
        WHERE m.goods_item_id = item.id AND m.is_flagged OFFSET 0) AS match
      WHERE NOT d.is_cancelled AND d.document_kind <> 'preliminary') AS found
    GROUP BY 1, 2
"""
_WEIGHED = """
    SELECT weighed.declaration_id, weighed.substance_id, weighed.mass_kg
    FROM unnest(%(numbers)s::text[]) AS given (number)
    CROSS JOIN LATERAL (
      SELECT id FROM shipments_declaration
      WHERE registration_number = given.number OFFSET 0) AS d
    CROSS JOIN LATERAL (
      SELECT w.declaration_id, w.substance_id, w.mass_kg FROM risk_weighedsubstance AS w
      WHERE w.declaration_id = d.id OFFSET 0) AS weighed
"""
_UPSERT = """
    INSERT INTO {table} AS stored ({edge}_id, substance_id, mass_kg, declaration_count)
    SELECT edge.id, given.substance, given.mass_kg, given.counted
    FROM unnest(%s::bigint[], %s::{type}[], %s::text[], %s::bigint[], %s::numeric[], %s::int[])
      AS given (source, target, kind, substance, mass_kg, counted)
    CROSS JOIN LATERAL (
      SELECT id FROM {edges} WHERE {source} = given.source AND {target} = given.target
        AND kind = given.kind OFFSET 0) AS edge
    ORDER BY given.source, given.kind, given.target, given.substance
    ON CONFLICT ({edge}_id, substance_id) DO UPDATE SET
      mass_kg = stored.mass_kg + EXCLUDED.mass_kg,
      declaration_count = stored.declaration_count + EXCLUDED.declaration_count
    RETURNING CASE WHEN stored.declaration_count = 0 THEN stored.id END
"""
_FORGET = """
    DELETE FROM risk_weighedsubstance AS weighed
    USING unnest(%s::bigint[], %s::bigint[]) AS gone (declaration, substance)
    WHERE weighed.declaration_id = gone.declaration AND weighed.substance_id = gone.substance
"""
_OF_LINKS = _UPSERT.format(
    table="risk_linksubstance",
    edge="link",
    edges="risk_partylink",
    source="source_id",
    target="target_id",
    type="bigint",
)
_OF_TIES = _UPSERT.format(
    table="risk_tiesubstance",
    edge="tie",
    edges="risk_partytie",
    source="party_id",
    target="value",
    type="text",
)


def weigh_numbers(*, numbers: Sequence[str]) -> Mapping[str, int]:
    """Bring the masses by substance on the edges of these declarations to what was found in their
    latest versions; those that were cancelled, and preliminary information, hold nothing.

    The caller holds the transaction and the versions (``lock_versions``); edges are there. Twice
    is as once, and the order in which versions and matches came does not matter. Two queries
    where nothing was found.
    """
    return _settle(numbers, _read(_HELD, numbers))


def withdraw_numbers(*, numbers: Sequence[str]) -> Mapping[str, int]:
    """Give back what the edges hold of these declarations, whose matches are to be removed. The
    caller holds the transaction and the versions."""
    return _settle(numbers, {})


def _settle(numbers: Sequence[str], wanted: Held) -> Mapping[str, int]:
    weighed = _read(_WEIGHED, numbers)
    if not wanted and not weighed:
        return {"weighed": 0}
    edges = edges_shown({declaration for declaration, _ in wanted.keys() | weighed.keys()})
    # A version that is not linked yet is weighed when it is.
    held = {place: mass for place, mass in wanted.items() if edges[place[0]]}
    changes = mass_changes(weighed, held, edges)
    _upsert_changes([one for one in changes if isinstance(one.edge.target, int)], LinkSubstance)
    _upsert_changes([one for one in changes if isinstance(one.edge.target, str)], TieSubstance)
    _remember(weighed, held)
    return {"weighed": len(changes)}


def _read(query: str, numbers: Sequence[str]) -> dict[tuple[int, int], Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"numbers": sorted(set(numbers))})
        return {(declaration, substance): mass for declaration, substance, mass in cursor}


def _upsert_changes(changes: Sequence[Change], model: type[Any]) -> None:
    """In the order of the edges, as concurrent chunks lock them; what holds nothing is gone."""
    if not changes:
        return
    rows = [(*one.edge, one.substance, str(one.mass_kg), one.counted) for one in changes]
    with connection.cursor() as cursor:
        cursor.execute(
            _OF_LINKS if model is LinkSubstance else _OF_TIES,
            [list(column) for column in zip(*rows, strict=True)],
        )
        empty = [pk for (pk,) in cursor.fetchall() if pk is not None]
    if empty:
        model.objects.filter(pk__in=empty).delete()


def _remember(before: Held, after: Held) -> None:
    if gone := sorted(before.keys() - after.keys()):
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [list(column) for column in zip(*gone, strict=True)])
    upsert_rows(
        WeighedSubstance,
        ("declaration", "substance", "mass_kg"),
        [(*place, mass) for place, mass in after.items() if before.get(place) != mass],
        key=("declaration", "substance"),
        update=("mass_kg",),
    )
