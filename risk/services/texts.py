"""Distinct goods descriptions, stored as they come, and their blocking keys, made later.

Reading a text is in a hurry, finding it again is not: the match stage stores the bare text,
and ``index_texts`` gives it keys when beat or a look-back asks for that.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import connection, transaction

from risk.domain.matching.blocking import KEYS_VERSION, blocking_keys
from risk.models import GoodsText, TextKey
from risk.selectors.texts import text_digest
from shipments.models import GoodsItem
from shipments.services.bulk import upsert_rows

INDEXED_AT_ONCE = 500
ITEMS_AT_ONCE = 5_000
_MEMORY_SIZE = 200_000


def store_texts(pairs: Iterable[tuple[str, str]]) -> int:
    """Store the distinct (description, code) that are new, without keys; how many.

    The caller holds the transaction. Two who store the same texts wait for each other in
    one order.
    """
    rows = list({(text_digest(*pair), *pair) for pair in pairs})
    columns = ("digest", "description", "commodity_code")
    return len(upsert_rows(GoodsText, columns, rows, key=("digest",), returning=("id",)))


@transaction.atomic
def index_texts(*, limit: int = INDEXED_AT_ONCE, wait: bool = False) -> int:
    """Give so many of the texts that have no keys of this version theirs; how many it was.

    Leaves alone what another one is at, or with ``wait`` waits for it: then 0 says that
    every text is indexed. Locks the texts for as long as it works.
    """
    texts = GoodsText.objects.select_for_update(skip_locked=not wait, no_key=True)
    pending = texts.filter(keys_version__lt=KEYS_VERSION).order_by("pk")[:limit]
    found = [
        (pk, blocking_keys(text, code))
        for pk, text, code in pending.values_list("pk", "description", "commodity_code")
    ]
    _store_keys({key for _, keys in found for key in keys})
    # unnest() takes no array of arrays, so an array of keys travels as its text.
    arrays = [f"{{{','.join(str(key_id(key)) for key in sorted(keys))}}}" for _, keys in found]
    if found:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE risk_goodstext AS stored
                SET keys = made.keys::bigint[], keys_version = %s
                FROM unnest(%s::bigint[], %s::text[]) AS made (id, keys)
                WHERE stored.id = made.id
                """,
                [KEYS_VERSION, [pk for pk, _ in found], arrays],
            )
    return len(found)


def store_older_texts(*, chunk: int) -> Mapping[str, int]:
    """Store the texts of one block of goods items that were matched before texts were stored.

    Blocks are ranges of ids of ``ITEMS_AT_ONCE``.
    """
    first = chunk * ITEMS_AT_ONCE
    items = GoodsItem.objects.filter(pk__gt=first, pk__lte=first + ITEMS_AT_ONCE)
    return {"text": store_texts(set(items.values_list("description", "commodity_code")))}


@lru_cache(maxsize=_MEMORY_SIZE)
def key_id(key: str) -> int:
    """The id of a blocking key: 8 bytes of its hash, as a signed number."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _store_keys(keys: Iterable[str]) -> None:
    ids = {key_id(key): key for key in keys}
    known = TextKey.objects.filter(pk__in=list(ids)).values_list("pk", flat=True)
    new = ids.keys() - set(known)
    upsert_rows(TextKey, ("id", "key"), [(pk, ids[pk]) for pk in new], key=("id",))
