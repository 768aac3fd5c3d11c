"""Which leads of the watchlist a party meets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from risk.domain.facts import LeadFacts
from risk.domain.lead_sharing import FOR_ALL_READERS
from risk.models import WatchlistEntry
from risk.models.choices import WatchState
from risk.selectors.office import office_day
from shipments.domain.names import plate
from shipments.domain.values import IdentifierKind, PartyRoleKind
from shipments.models import PartyIdentifier

HOLDERS = 200
"""At most so many parties are counted behind one identifier."""
MOST_LEADS = 20
"""At most so many leads of a declaration are facts."""


def entries_on(
    *, party_ids: Collection[int], day: date, levels: Collection[str]
) -> QuerySet[WatchlistEntry]:
    """Active entries of these sharing levels that hold on the day and whose identifier one of the
    parties was seen with."""
    seen = PartyIdentifier.objects.filter(
        party__in=party_ids, kind=OuterRef("kind"), value=OuterRef("value")
    )
    return active_entries(day, levels).filter(Exists(seen)).order_by("id")


def active_entries(day: date, levels: Collection[str] | None = None) -> QuerySet[WatchlistEntry]:
    """Approved entries that hold on the office's day; of these sharing levels, or of all."""
    rows = WatchlistEntry.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day),
        state=WatchState.ACTIVE,
        valid_from__lte=day,
    )
    return rows if levels is None else rows.filter(sharing__in=levels)


# The watchlist is short and the declarations' identifiers are many: each is looked up in it.
_LEADS = """
    SELECT given.id, entry.id, entry.kind, role.role, holders.count
    FROM unnest(%(declarations)s::bigint[], %(days)s::date[], %(accepted)s::timestamptz[])
      AS given (id, day, accepted_at)
    JOIN shipments_partyrole AS role ON role.declaration_id = given.id
    CROSS JOIN LATERAL (
      SELECT own.kind, own.value FROM shipments_partyidentifier AS own
      WHERE own.party_id = role.party_id AND own.first_seen_at <= given.accepted_at
      OFFSET 0) AS own
    CROSS JOIN LATERAL (
      SELECT e.id, e.kind FROM risk_watchlistentry AS e
      WHERE e.kind = own.kind AND e.value = own.value AND e.state = %(active)s
        AND e.sharing = ANY(%(levels)s)
        AND e.valid_from <= given.day AND (e.valid_until IS NULL OR e.valid_until >= given.day)
      ORDER BY e.id LIMIT 1) AS entry
    CROSS JOIN LATERAL (
      SELECT count(*) FROM (
        SELECT FROM shipments_partyidentifier AS same
        WHERE same.kind = own.kind AND same.value = own.value
          AND same.first_seen_at <= given.accepted_at LIMIT %(most)s) AS seen) AS holders
    ORDER BY given.id, entry.id, role.role
"""


_THINGS = """
    SELECT d.id, d.transport_id,
           ARRAY(SELECT number FROM shipments_container WHERE declaration_id = d.id ORDER BY number)
    FROM shipments_declaration AS d WHERE d.id = ANY(%s)
"""
_OF_THINGS = (IdentifierKind.VEHICLE.value, IdentifierKind.CONTAINER.value)


def leads_met(rows: Sequence[Mapping[str, Any]]) -> dict[int, tuple[LeadFacts, ...]]:
    """The leads for all who read cases that parties of the declarations meet, by the id of each;
    two queries, two more where vehicles or containers are watched.

    What a lead for few would say of a declaration everybody would read in its assessment.
    ``rows`` have ``id`` and ``accepted_at``; a lead counts on the office's day of acceptance. The
    vehicle and the containers of a declaration are its importer's. Empty while the watchlist
    holds nothing for all that was ever approved: then nobody knows.
    """
    shared = WatchlistEntry.objects.filter(sharing__in=FOR_ALL_READERS)
    approved = shared.exclude(state=WatchState.PROPOSED)
    kinds = set(approved.order_by().values_list("kind", flat=True).distinct())
    if not kinds:
        return {}
    params: dict[str, Any] = {
        "declarations": [row["id"] for row in rows],
        "accepted": [row["accepted_at"] for row in rows],
        "days": [office_day(row["accepted_at"]) for row in rows],
        "active": WatchState.ACTIVE.value,
        "levels": sorted(FOR_ALL_READERS),
        "most": HOLDERS,
    }
    found: dict[int, list[LeadFacts]] = {row["id"]: [] for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(_LEADS, params)
        for declaration_id, entry, kind, role, holders in cursor.fetchall():
            lead = LeadFacts(entry, kind, role, holders)
            if lead not in found[declaration_id]:
                found[declaration_id].append(lead)
        if kinds.intersection(_OF_THINGS):
            cursor.execute(_THINGS, [params["declarations"]])
            for pk, leads in _leads_of_things(cursor.fetchall(), rows).items():
                found[pk] += leads
    return {pk: tuple(leads[:MOST_LEADS]) for pk, leads in found.items()}


def _leads_of_things(
    declared: Sequence[tuple[int, str, list[str]]], rows: Sequence[Mapping[str, Any]]
) -> dict[int, list[LeadFacts]]:
    """By declaration the leads that its vehicle and its containers meet; one query."""
    things = {
        pk: [
            *([(_OF_THINGS[0], number)] if (number := plate(vehicle)) else ()),
            *((_OF_THINGS[1], number) for number in containers),
        ]
        for pk, vehicle, containers in declared
    }
    days = {row["id"]: office_day(row["accepted_at"]) for row in rows}
    entries = WatchlistEntry.objects.filter(
        state=WatchState.ACTIVE,
        sharing__in=FOR_ALL_READERS,
        kind__in=_OF_THINGS,
        value__among={number for numbers in things.values() for _, number in numbers},
    ).order_by("id")
    found: dict[int, list[LeadFacts]] = {pk: [] for pk in things}
    for entry in entries:
        for pk, numbers in things.items():
            is_on = entry.valid_from <= days[pk] <= (entry.valid_until or days[pk])
            if is_on and (entry.kind, entry.value) in numbers:
                found[pk].append(LeadFacts(entry.pk, entry.kind, PartyRoleKind.IMPORTER.value))
    return found
