"""Suspect consignments of a window, and what travelled beside them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Value

from risk.domain.network.channels import Consignment
from risk.models import Channel, PartyAlias
from risk.selectors.shared_identifiers import MOST_HOLDERS, SHARED_KINDS
from shipments.models import Declaration

PERMIT_CODES = (
    "licence_missing",
    "export_permission_missing",
    "permit_not_valid",
    "permit_of_another",
    "permit_overdrawn",
    "permit_for_other_goods",
)
"""What tells that no permit covers the goods of an item."""
DISGUISE_CODES = ("code_contradiction", "number_contradiction")

# Of the latest version of each declaration, and only as it was assessed when it came.
_SUSPECT = """
    SELECT d.id, d.accepted_at, m.substance_id::text, d.country_of_dispatch, d.border_office,
           d.customs_office, sum(COALESCE(i.net_mass_kg, 0)),
           bool_or(m.method = 'fuzzy' OR m.kind = 'cover_name' OR i.fired && %(disguise)s)
    FROM shipments_declaration AS d
    JOIN LATERAL (
      SELECT item.id, item.net_mass_kg,
             ARRAY(SELECT r.code FROM risk_riskassessment AS a
                   JOIN risk_indicatorrow AS r ON r.assessment_id = a.id
                     AND r.accepted_at = d.accepted_at
                   WHERE a.declaration_id = d.id AND a.trigger = 'intake'
                     AND r.item_number = item.item_number) AS fired
      FROM shipments_goodsitem AS item WHERE item.declaration_id = d.id) AS i ON true
    JOIN LATERAL (
      SELECT DISTINCT ON (found.substance_id) found.substance_id, found.method, found.kind
      FROM risk_substancematch AS found
      WHERE found.goods_item_id = i.id AND found.is_flagged
      ORDER BY found.substance_id, found.id) AS m ON true
    WHERE d.accepted_at >= %(since)s AND d.accepted_at < %(until)s AND NOT d.is_cancelled
      AND d.direction = 'import' AND d.document_kind <> 'preliminary'
      AND NOT EXISTS (SELECT FROM shipments_declaration AS later WHERE later.supersedes_id = d.id)
      AND EXISTS (SELECT FROM shipments_goodsitem AS g JOIN risk_substancematch AS f
                  ON f.goods_item_id = g.id WHERE g.declaration_id = d.id AND f.is_flagged)
      AND i.fired && %(permits)s
    GROUP BY d.id, m.substance_id ORDER BY d.accepted_at, d.id
"""
_BESIDE = """
    SELECT d.id, d.accepted_at, '', d.country_of_dispatch, d.border_office, d.customs_office,
           (SELECT COALESCE(sum(g.net_mass_kg), 0) FROM shipments_goodsitem AS g
            WHERE g.declaration_id = d.id),
           false
    FROM shipments_declaration AS d
    WHERE d.accepted_at >= %(since)s AND d.accepted_at < %(until)s AND NOT d.is_cancelled
      AND d.direction = 'import' AND d.document_kind <> 'preliminary'
      AND NOT EXISTS (SELECT FROM shipments_declaration AS later WHERE later.supersedes_id = d.id)
      AND d.id IN (SELECT r.declaration_id FROM shipments_partyrole AS r
                   WHERE r.role = 'importer' AND r.party_id = ANY(%(importers)s))
"""
_ROLES = """
    SELECT role.declaration_id, role.role,
           min(COALESCE(own.representative_id, role.party_id))
    FROM shipments_partyrole AS role
    LEFT JOIN risk_partyalias AS own ON own.party_id = role.party_id
    WHERE role.declaration_id = ANY(%(declarations)s) AND role.party_id IS NOT NULL
    GROUP BY role.declaration_id, role.role
"""
_BORNE = """
    SELECT held.kind || ':' || held.value,
           array_agg(DISTINCT COALESCE(own.representative_id, held.party_id))
    FROM shipments_partyidentifier AS held
    LEFT JOIN risk_partyalias AS own ON own.party_id = held.party_id
    WHERE (held.kind, held.value) IN (
      SELECT h.kind, h.value FROM shipments_partyidentifier AS h
      WHERE h.party_id = ANY(%(importers)s) AND h.kind = ANY(%(kinds)s))
    GROUP BY held.kind, held.value
    HAVING count(DISTINCT held.party_id) BETWEEN 2 AND %(most)s
"""


def suspect_consignments(since: datetime, until: datetime) -> list[Consignment]:
    """Goods accepted in the window in which a listed substance was found and that no permit
    covers, by declaration and substance; those without an importer are left out. Two queries."""
    rows = _rows(
        _SUSPECT,
        {
            "since": since,
            "until": until,
            "permits": list(PERMIT_CODES),
            "disguise": list(DISGUISE_CODES),
        },
    )
    return list(_consignments(rows))


def beside(importers: Collection[int], since: datetime, until: datetime) -> list[Consignment]:
    """Every declaration of these traders in the window. Three queries."""
    given = {"importers": _parties_of(importers), "since": since, "until": until}
    return list(_consignments(_rows(_BESIDE, given)))


def consignments_of(channel: Channel) -> tuple[list[Consignment], list[Consignment]]:
    """The channel's suspect consignments, and those that accompany them, by time. Two queries."""
    rows = channel.consignments.order_by("declaration__accepted_at", "declaration").values_list(
        "declaration", "declaration__accepted_at", Value(str(channel.substance_id)),
        "declaration__country_of_dispatch", "declaration__border_office",
        "declaration__customs_office", "mass_kg", Value(False), "is_suspect",
    )  # fmt: skip
    suspect = {row[0] for row in rows if row[-1]}
    found = list(_consignments(row[:-1] for row in rows))
    return (
        [one for one in found if one.declaration in suspect],
        [one for one in found if one.declaration not in suspect],
    )


def outdone() -> Q:
    """Rows of a ``declaration`` that a later version replaced, or that was cancelled."""
    later = Declaration.objects.filter(supersedes=OuterRef("declaration"))
    return Exists(later) | Q(declaration__is_cancelled=True)


def registration_numbers(declarations: Collection[int]) -> dict[int, str]:
    """By declaration. One query."""
    rows = Declaration.objects.filter(pk__in=declarations)
    return dict(rows.values_list("pk", "registration_number"))


def shared_by(importers: Collection[int]) -> dict[str, list[int]]:
    """Phones, accounts and the like of these traders with all who bear each, at least two and at
    most twenty."""
    given = {"importers": _parties_of(importers), "kinds": list(SHARED_KINDS), "most": MOST_HOLDERS}
    return {name: sorted(holders) for name, holders in _rows(_BORNE, given)}


def _parties_of(traders: Collection[int]) -> list[int]:
    merged = PartyAlias.objects.filter(representative__in=traders)
    return sorted({*traders, *merged.values_list("party", flat=True)})


def _consignments(rows: Iterable[tuple[Any, ...]]) -> Iterator[Consignment]:
    found = list(rows)
    roles: dict[int, dict[str, int]] = defaultdict(dict)
    ids = sorted({row[0] for row in found})
    for declaration, role, party in _rows(_ROLES, {"declarations": ids}):
        roles[declaration][role] = party
    for pk, accepted_at, substance, dispatch, border, office, mass, is_disguised in found:
        parties = roles[pk]
        importer = parties.get("importer") or parties.get("consignee")
        if importer is None:
            continue
        yield Consignment(
            declaration=pk,
            accepted_at=accepted_at,
            substance=substance,
            importer=importer,
            supplier=parties.get("consignor"),
            broker=parties.get("representative"),
            carrier=parties.get("carrier"),
            dispatch=dispatch,
            border_office=border,
            office=office,
            mass_kg=mass,
            is_disguised=is_disguised,
        )


def _rows(query: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())
