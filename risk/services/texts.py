"""Distinct goods descriptions and their blocking keys, stored with the matches of their items."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import connection

from risk.domain.matching.blocking import KEYS_VERSION, blocking_keys
from risk.models import GoodsText, TextKey
from risk.selectors.texts import text_digest
from shipments.models import GoodsItem
from shipments.services.bulk import upsert_rows

INDEXED_AT_ONCE = 5_000
_MEMORY_SIZE = 200_000


def store_texts(pairs: Iterable[tuple[str, str]]) -> int:
    """Store the distinct (description, code) that are new, with their keys; how many.

    Keys of another version are made anew. The caller holds the transaction. Two who store
    the same texts wait for each other in one order.
    """
    digests = {text_digest(*pair): pair for pair in pairs}
    known = GoodsText.objects.filter(digest__in=list(digests), keys_version=KEYS_VERSION)
    for digest in known.values_list("digest", flat=True):
        del digests[bytes(digest)]
    found = [(digest, pair, blocking_keys(*pair)) for digest, pair in digests.items()]
    _store_keys({key for _, _, keys in found for key in keys})
    # unnest() takes no array of arrays, so an array of keys travels as its text.
    rows = [
        (digest, *pair, f"{{{','.join(str(key_id(key)) for key in sorted(keys))}}}")
        for digest, pair, keys in found
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO risk_goodstext AS stored
                  (digest, description, commodity_code, keys, keys_version)
                SELECT digest, description, code, keys::bigint[], %s
                FROM unnest(%s::bytea[], %s::text[], %s::text[], %s::text[])
                  AS incoming (digest, description, code, keys)
                ORDER BY digest
                ON CONFLICT (digest) DO UPDATE
                  SET keys = EXCLUDED.keys, keys_version = EXCLUDED.keys_version
                  WHERE stored.keys_version <> EXCLUDED.keys_version
                """,
                [KEYS_VERSION, *(list(column) for column in zip(*rows, strict=True))],
            )
    return len(rows)


def index_texts(*, chunk: int) -> Mapping[str, int]:
    """Store the texts of one block of goods items that were matched before there were keys.

    Blocks are ranges of ids of ``INDEXED_AT_ONCE``.
    """
    first = chunk * INDEXED_AT_ONCE
    items = GoodsItem.objects.filter(pk__gt=first, pk__lte=first + INDEXED_AT_ONCE)
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
