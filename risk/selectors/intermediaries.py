"""How many consignments of each broker or carrier were bad, over a period."""

from collections.abc import Collection
from datetime import datetime

from risk.domain.network.intermediaries import (
    Counted,
    Intermediary,
    compare_intermediaries,
)
from risk.domain.profile import Lane
from risk.selectors.rows import fetch
from shipments.domain.values import PartyRoleKind

# One pass over the period: joins of whole sets, no look-up a declaration.
_COUNTS = """
    WITH given AS MATERIALIZED (
      SELECT d.id FROM shipments_declaration AS d
      WHERE d.accepted_at >= %(since)s AND d.accepted_at < %(until)s
        AND d.document_kind <> 'preliminary' AND NOT d.is_cancelled
        AND (%(offices)s::text[] IS NULL OR d.customs_office = ANY(%(offices)s))
        AND NOT EXISTS (SELECT FROM shipments_declaration AS later WHERE later.supersedes_id = d.id)
    ), red AS (
      SELECT assessment.declaration_id FROM given
      JOIN risk_riskassessment AS assessment
        ON assessment.declaration_id = given.id AND assessment.trigger = 'intake'
      JOIN risk_lanedecision AS decision
        ON decision.assessment_id = assessment.id AND decision.lane = %(red)s
    ), offending AS (
      SELECT DISTINCT declaration_id FROM shipments_partyrole
      WHERE party_id = ANY(%(offenders)s) AND role IN ('importer', 'consignee', 'consignor')
    )
    SELECT coalesce(alias.representative_id, role.party_id) AS party_id,
           count(DISTINCT given.id) AS declarations,
           count(DISTINCT given.id) FILTER (WHERE red.declaration_id IS NOT NULL) AS red,
           count(DISTINCT given.id) FILTER (WHERE offending.declaration_id IS NOT NULL)
             AS offender_linked
    FROM given
    JOIN shipments_partyrole AS role
      ON role.declaration_id = given.id AND role.role = %(role)s AND role.party_id IS NOT NULL
    LEFT JOIN risk_partyalias AS alias ON alias.party_id = role.party_id
    LEFT JOIN red ON red.declaration_id = given.id
    LEFT JOIN offending ON offending.declaration_id = given.id
    GROUP BY GROUPING SETS ((coalesce(alias.representative_id, role.party_id)), ())
"""


def intermediaries(
    *,
    role: PartyRoleKind,
    since: datetime,
    until: datetime,
    offices: Collection[str] | None,
    offender_ids: Collection[int],
) -> list[Intermediary]:
    """The brokers or carriers of declarations accepted from ``since`` to before ``until``.

    Latest versions count, in the lane of their intake; merged parties count as one. ``offices``
    None means all. Cost: one pass over the period's declarations.
    """
    rows = fetch(
        _COUNTS,
        {
            "role": role.value,
            "since": since,
            "until": until,
            "offices": None if offices is None else sorted(offices),
            "offenders": sorted(offender_ids),
            "red": Lane.RED.value,
        },
    )
    counted = {
        row["party_id"]: Counted(row["declarations"], row["red"], row["offender_linked"])
        for row in rows
    }
    everywhere = counted.pop(None, Counted(0, 0, 0))
    return compare_intermediaries(counted, everywhere)
