"""What traders drew on permits and brought under notices, when people decide who is one."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import connection, transaction

from risk.selectors.permits import permit_kinds
from risk.services.drawdowns import settle_numbers
from risk.services.notice_matching import match_notices
from shipments.services.declarations import lock_versions_of

# What names no paper of theirs and nothing listed draws on nothing and comes under nothing.
_NUMBERS = """
    SELECT DISTINCT d.registration_number FROM shipments_partyrole AS role
    JOIN shipments_declaration AS d ON d.id = role.declaration_id
    WHERE role.party_id = ANY(%(parties)s) AND EXISTS (
      SELECT FROM shipments_goodsitem AS i WHERE i.declaration_id = d.id AND (
        EXISTS (SELECT FROM shipments_goodsitemdocument AS document
                WHERE document.goods_item_id = i.id AND document.code = ANY(%(codes)s))
        OR EXISTS (SELECT FROM risk_substancematch WHERE goods_item_id = i.id)))
    ORDER BY 1
"""


def settle_papers(*, party_ids: Collection[int]) -> None:
    """Bring the ledger and the matches of these parties' declarations to what the traders of now
    say; once more after the commit, for what was taken in meanwhile.

    The caller holds the transaction that changed the aliases. Locks the versions.
    """
    _settle(frozenset(party_ids))
    transaction.on_commit(partial(_settle, frozenset(party_ids)))


@transaction.atomic
def _settle(party_ids: frozenset[int]) -> None:
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"parties": sorted(party_ids), "codes": list(permit_kinds())}
        cursor.execute(_NUMBERS, params)
        numbers = [number for (number,) in cursor.fetchall()]
    lock_versions_of(numbers=numbers)
    settle_numbers(numbers=numbers)
    match_notices(numbers=numbers)
