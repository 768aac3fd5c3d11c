"""Blocking keys of parties, kept up apart from the pipeline: linking is in a hurry, this is not.

Made here and not in the link stage, because what a chunk finds would depend on which chunks
were committed before it; and the pipeline's speed is a bar.
"""

from django.db import connection, transaction

from risk.domain.resolution.blocking import KEYS_VERSION, blocking_keys
from risk.domain.resolution.records import prepare
from risk.models import FoldedParty, PartyKey
from risk.selectors.resolution import party_records
from shipments.services.bulk import copy_rows, upsert_rows

FOLDED_AT_ONCE = 5_000

# Names and identifiers of a party are only ever added, so their number tells of a change. All
# parties are counted at every call: one pass over two narrow indexes.
_CHANGED = """
    SELECT party.id, seen.count FROM shipments_party AS party
    JOIN (
        SELECT party_id, count(*) AS count FROM (
            SELECT party_id FROM shipments_partyname
            UNION ALL SELECT party_id FROM shipments_partyidentifier
        ) AS of_party GROUP BY party_id
    ) AS seen ON seen.party_id = party.id
    LEFT JOIN risk_foldedparty AS folded ON folded.party_id = party.id
    WHERE folded.party_id IS NULL OR folded.seen_count <> seen.count
       OR folded.keys_version <> %(version)s
    ORDER BY party.id LIMIT %(limit)s
"""


@transaction.atomic
def fold_parties(*, limit: int = FOLDED_AT_ONCE) -> int:
    """Make the keys of so many parties that are new or changed; how many it was.

    Two who do it at once wait for each other. Twice is as once.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE risk_foldedparty IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_CHANGED, {"version": KEYS_VERSION, "limit": limit})
        seen: dict[int, int] = dict(cursor.fetchall())
    if not seen:
        return 0
    PartyKey.objects.filter(party__among=seen).delete()
    records = party_records(seen)
    keys = [(pk, key) for pk, record in records.items() for key in blocking_keys(prepare(record))]
    copy_rows(PartyKey, ("party", "key"), sorted(keys))
    upsert_rows(
        FoldedParty,
        ("party", "seen_count", "keys_version"),
        [(pk, count, KEYS_VERSION) for pk, count in seen.items()],
        key=("party",),
        # Other keys find other parties: compare anew (risk/services/party_likenesses.py).
        update=("seen_count", "keys_version", "compared_count = NULL"),
    )
    return len(seen)
