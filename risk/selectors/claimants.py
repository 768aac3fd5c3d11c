"""How often each importer or broker claimed exemptions, over a period."""

from collections.abc import Collection
from datetime import datetime

from risk.domain.permits.claimants import ComparedClaimant, Counted, compare_claimants
from risk.domain.permits.claims import DOUBTFUL, Claimant
from risk.selectors.rows import fetch

# By the column of the role: no other text comes in here.
_COUNTS = {
    role: f"""
    SELECT coalesce(alias.representative_id, record.{role.value}_id) AS party_id,
           count(*) AS items, count(*) FILTER (WHERE record.kinds && %(doubtful)s) AS claimed
    FROM risk_claimrecord AS record
    JOIN shipments_goodsitem AS i ON i.id = record.goods_item_id
    JOIN shipments_declaration AS d ON d.id = i.declaration_id
    LEFT JOIN risk_partyalias AS alias ON alias.party_id = record.{role.value}_id
    WHERE record.accepted_at >= %(since)s AND record.accepted_at < %(until)s
      AND record.substance_keys <> '{{}}' AND record.{role.value}_id IS NOT NULL
      AND (%(offices)s::text[] IS NULL OR d.customs_office = ANY(%(offices)s))
    GROUP BY 1
    """  # noqa: S608 - composed of the constants above
    for role in Claimant
}


def claimants(
    *, role: Claimant, since: datetime, until: datetime, offices: Collection[str] | None
) -> list[ComparedClaimant]:
    """The importers or brokers of items that name something controlled, accepted from ``since`` to
    before ``until``.

    Latest versions count, merged parties as one. ``offices`` None means all. Cost: one pass over
    the period's records.
    """
    rows = fetch(
        _COUNTS[role],
        {
            "since": since,
            "until": until,
            "doubtful": sorted(DOUBTFUL),
            "offices": None if offices is None else sorted(offices),
        },
    )
    return compare_claimants(
        {row["party_id"]: Counted(row["items"], row["claimed"]) for row in rows}
    )
