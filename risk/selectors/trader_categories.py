"""The category of an importer on a day, and the history that it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection

from risk.domain.lead_sharing import FOR_ALL_READERS
from risk.domain.outcomes import Result
from risk.domain.trader_categories import (
    NEVER_COMPUTED,
    Reason,
    Standing,
    TraderCategory,
    TraderHistory,
)
from risk.models import CategoryOverride, TraderStanding
from risk.models.choices import OverrideState, WatchState
from risk.selectors.office import midnight

_Row = tuple[int, bool, datetime, int, int, int, datetime | None, int]

# What was known before the day alone: acts by when their result was known, a corrected act until
# its correction was. One pass over the narrow trade records, the rest is joined to it.
_HISTORIES = """
    WITH trade AS (
        SELECT importer_id AS id, min(accepted_at) AS first_at,
            count(DISTINCT registration_number) FILTER (WHERE accepted_at >= %(since)s) AS count
        FROM risk_traderecord
        WHERE accepted_at < %(until)s AND importer_id IS NOT NULL
        GROUP BY importer_id
    ), act AS (
        SELECT role.party_id AS id, (outcome.source, outcome.act_number) AS act,
            bool_or(outcome.result = %(offence)s) AS is_offence, max(outcome.known_at) AS known_at
        FROM risk_inspectionoutcome AS outcome
        JOIN shipments_partyrole AS role
            ON role.declaration_id = outcome.declaration_id AND role.role = 'importer'
        WHERE outcome.known_at < %(until)s AND outcome.result IN (%(offence)s, %(clean)s)
            AND NOT EXISTS (
                SELECT FROM risk_inspectionoutcome AS later
                WHERE later.supersedes_id = outcome.id AND later.known_at < %(until)s)
        GROUP BY role.party_id, outcome.source, outcome.act_number
    ), acts AS (
        SELECT id, count(*) FILTER (WHERE known_at >= %(since)s) AS inspections,
            count(*) FILTER (WHERE known_at >= %(since)s AND is_offence) AS offences,
            max(known_at) FILTER (WHERE is_offence) AS offence_at
        FROM act GROUP BY id
    ), watched AS (
        SELECT seen.party_id AS id, count(DISTINCT entry.id) AS leads
        FROM risk_watchlistentry AS entry
        JOIN shipments_partyidentifier AS seen
            ON seen.kind = entry.kind AND seen.value = entry.value
        WHERE entry.state = %(active)s AND entry.sharing = ANY(%(levels)s)
            AND entry.valid_from <= %(day)s
            AND (entry.valid_until IS NULL OR entry.valid_until >= %(day)s)
        GROUP BY seen.party_id
    )
    SELECT trade.id, party.key NOT LIKE 'name:%%', trade.first_at, trade.count,
        coalesce(acts.inspections, 0), coalesce(acts.offences, 0), acts.offence_at,
        coalesce(watched.leads, 0)
    FROM trade JOIN shipments_party AS party USING (id)
    LEFT JOIN acts USING (id) LEFT JOIN watched USING (id)
    ORDER BY trade.id
"""


def histories(*, day: date, since: date) -> Iterator[tuple[int, TraderHistory]]:
    """Every importer seen before ``day`` with its history; the period begins on ``since``.

    One query, read as it comes. The caller holds a transaction.
    """
    until = midnight(day)
    params: dict[str, Any] = {
        "until": until,
        "since": midnight(since),
        "day": day,
        "active": WatchState.ACTIVE.value,
        "levels": sorted(FOR_ALL_READERS),
        "offence": Result.OFFENCE.value,
        "clean": Result.CLEAN.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HISTORIES, params)
        while rows := cursor.fetchmany(5_000):
            yield from (_history(row, until) for row in rows)


def _history(row: _Row, until: datetime) -> tuple[int, TraderHistory]:
    pk, is_identified, first_at, count, inspections, offences, offence_at, leads = row
    return pk, TraderHistory(
        is_identified=is_identified,
        days_known=(until - first_at).days,
        declarations=count,
        inspections=inspections,
        offences=offences,
        days_since_offence=(until - offence_at).days if offence_at else None,
        leads=leads,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveCategory:
    """What holds on a day: the ``override``'s category if there is one, else the rules'.

    ``month`` is that of the row it comes from; None for a trader that was never computed.
    """

    category: TraderCategory
    standing: Standing
    month: date | None
    override: CategoryOverride | None


def effective_category(*, party_id: int, day: date) -> EffectiveCategory:
    """The category of the party on the day; two queries. Unknown is high."""
    row = TraderStanding.objects.filter(party=party_id, month__lte=day).order_by("-month").first()
    override = CategoryOverride.objects.filter(
        party=party_id, state=OverrideState.ACTIVE, valid_from__lte=day, valid_until__gte=day
    ).first()
    standing = stored_standing(row) if row else NEVER_COMPUTED
    return EffectiveCategory(
        category=TraderCategory(override.category) if override else standing.category,
        standing=standing,
        month=row.month if row else None,
        override=override,
    )


def stored_standing(row: TraderStanding) -> Standing:
    """What the row holds, as the domain has it."""
    reasons = msgspec.convert(row.reasons, tuple[Reason, ...])
    return Standing(TraderCategory(row.category), reasons)
