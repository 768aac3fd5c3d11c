"""Stored matches by distinct goods description, to hold a new engine against."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import connection

from risk.domain.matching.comparison import Judgement, strongest
from risk.models import SubstanceMatch

_BLOCK = 1_000
_DISTINCT = """
    SELECT max(item.id), item.description, item.commodity_code, count(*),
           (array_agg(declaration.accepted_at ORDER BY item.id DESC))[1]
      FROM shipments_goodsitem AS item
      JOIN shipments_declaration AS declaration ON declaration.id = item.declaration_id
      JOIN shipments_stagerun AS run ON run.batch_id = declaration.batch_id
           AND run.chunk = declaration.chunk AND run.stage = 'match' AND run.state = 'done'
     GROUP BY item.description, item.commodity_code
     ORDER BY count(*) DESC, max(item.id)
"""


class StoredText(msgspec.Struct, frozen=True):
    """One distinct (description, code): how many goods items have it, and what the stored
    matches of the newest of them say; ``day`` is that item's day of acceptance."""

    text: str
    commodity_code: str
    items: int
    day: date
    matches: dict[str, Judgement]


def stored_texts(*, limit: int | None = None) -> Iterator[StoredText]:
    """Distinct descriptions of matched goods items, the most frequent first.

    An item counts as matched when its chunk has passed the match stage. Reads in blocks
    through one server-side cursor, so memory does not grow; the caller holds a transaction.
    """
    zone = ZoneInfo(settings.TARGETING["OFFICE_TIME_ZONE"])
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{_DISTINCT} LIMIT %s", [limit])
        while rows := cursor.fetchmany(_BLOCK):
            found = _matches([row[0] for row in rows])
            for pk, text, code, items, accepted_at in rows:
                day = accepted_at.astimezone(zone).date()
                yield StoredText(text, code, items, day, strongest(found.get(pk, ())))


def _matches(items: Sequence[int]) -> dict[int, list[tuple[str, Judgement]]]:
    found: dict[int, list[tuple[str, Judgement]]] = defaultdict(list)
    for match in SubstanceMatch.objects.filter(
        goods_item__in=items, is_upcoming=False
    ).select_related("substance"):
        judgement = Judgement(
            match.matched_text, match.method, match.match_score, match.verdict, match.is_flagged
        )
        found[match.goods_item_id].append((match.substance.key, judgement))
    return found
