"""Amendments that say only what changes are kept until their version can be made."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec

from shipments.domain.records import Issue, ParsedDeclaration, PartialAmendment
from shipments.models import IntakeBatch, WaitingAmendment
from shipments.services.bulk import upsert_rows

_Key = tuple[str, int]
_KEPT = (
    "registration_number",
    "version",
    "submitter",
    "batch",
    "chunk",
    "line",
    "content",
    "content_digest",
    "raw",
    "is_told",
)


def keep_amendments(
    *, batch: IntakeBatch, chunk: int, places: Sequence[ParsedDeclaration]
) -> tuple[Counter[str], list[tuple[ParsedDeclaration, Issue]]]:
    """Keep the amendments among the places; the match stage makes versions of them.

    One that waits already counts as ``unchanged``; another content for its version is refused
    with ``version_exists`` (``rejected``). The caller holds the transaction. No query without
    amendments, at most two with any.
    """
    found = [(place, place.amendment) for place in places if place.amendment is not None]
    counts: Counter[str] = Counter()
    if not found:
        return counts, []
    first: dict[_Key, bytes] = {}
    rows: list[tuple[object, ...]] = []
    for place, amendment in found:
        key, digest = _key_of(amendment), _digest(amendment)
        if first.setdefault(key, digest) is digest:
            content = msgspec.json.encode(amendment)
            held = (
                batch.submitter_id,
                batch.pk,
                chunk,
                place.line,
                content,
                digest,
                place.raw,
                False,
            )
            rows.append((*key, *held))
    key_names = ("registration_number", "version", "submitter")
    returning = ("registration_number", "version")
    kept = upsert_rows(WaitingAmendment, _KEPT, rows, key=key_names, returning=returning)
    known = _known_digests(batch, first, {(number, version) for number, version in kept})
    conflicts = []
    fresh = {(number, version) for number, version in kept}
    for place, amendment in found:
        key, digest = _key_of(amendment), _digest(amendment)
        if key in fresh:
            fresh.discard(key)
        elif known[key] == digest:
            counts["unchanged"] += 1
        else:
            counts["rejected"] += 1
            conflicts.append((place, version_exists(place.line, *key)))
    return counts, conflicts


def version_exists(line: int, registration_number: str, version: int) -> Issue:
    """Other content came for this version before."""
    return Issue(
        code="version_exists",
        line=line,
        field="version",
        value=str(version),
        allowed="a version number that is not stored yet",
        registration_number=registration_number,
    )


def _known_digests(
    batch: IntakeBatch, first: dict[_Key, bytes], kept: set[_Key]
) -> dict[_Key, bytes]:
    """Of every version the digest of the amendment that waits for it."""
    if len(kept) == len(first):
        return first
    numbers = [number for number, _ in first]
    rows = WaitingAmendment.objects.filter(
        submitter=batch.submitter_id, registration_number__among=numbers
    ).values_list("registration_number", "version", "content_digest")
    return first | {(number, version): bytes(digest) for number, version, digest in rows}


def _key_of(amendment: PartialAmendment) -> _Key:
    return amendment.declaration.registration_number, amendment.declaration.version


def _digest(amendment: PartialAmendment) -> bytes:
    """Equal when two amendments change the same: when they came or were registered is not of it."""
    record = msgspec.structs.replace(amendment.declaration, accepted_at=datetime.min)
    said = msgspec.structs.replace(amendment, declaration=record)
    return blake2b(msgspec.json.encode(said, order="deterministic"), digest_size=16).digest()
