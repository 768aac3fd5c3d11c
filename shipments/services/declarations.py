"""Storing parsed declarations: one chunk, one transaction, each version once."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import connection, transaction
from django.db.models import F
from psycopg import sql

from shipments.domain.formats.unregistered import is_moment_of_receipt
from shipments.domain.records import DeclarationRecord, Issue, ParsedDeclaration
from shipments.domain.values import hs6_of
from shipments.models import (
    Container,
    Declaration,
    GoodsItem,
    GoodsItemDocument,
    IntakeBatch,
    IntakeIssue,
    PartyRole,
)
from shipments.services.bulk import copy_rows, next_ids, upsert_rows
from shipments.services.contested import VersionKey, key_of, settle_known
from shipments.services.waiting_amendments import keep_amendments, version_exists

_DECLARATION_FIELDS = (
    "registration_number",
    "version",
    "is_cancelled",
    "document_kind",
    "direction",
    "accepted_at",
    "customs_office",
    "border_office",
    "procedure_code",
    "country_of_dispatch",
    "country_of_trading",
    "country_of_destination",
    "transport_mode",
    "transport_id",
    "delivery_terms",
    "currency",
    "invoice_amount",
)
_ITEM_FIELDS = (
    "item_number",
    "description",
    "commodity_code",
    "nomenclature",
    "country_of_origin",
    "gross_mass_kg",
    "net_mass_kg",
    "supplementary_quantity",
    "supplementary_unit",
    "package_count",
    "package_kind",
    "invoice_value",
    "customs_value",
    "statistical_value",
    "procedure_code",
    "preference_code",
    "manufacturer",
)
_ROLE_FIELDS = ("role", "name", "country", "address")


def content_digest(record: DeclarationRecord) -> bytes:
    """16 bytes that are equal when two messages declare the same.

    A moment that stands for one that was not stated is that of the receipt: it differs each
    time the message comes, and is not of what was declared.
    """
    if is_moment_of_receipt(record):
        record = msgspec.structs.replace(record, accepted_at=datetime.min)
    return hashlib.blake2b(
        msgspec.json.encode(record, order="deterministic"), digest_size=16
    ).digest()


def lock_versions(*, batch_id: int, chunk: int) -> None:
    """Hold every version of the chunk's declarations until the caller's transaction ends.

    Of two versions that are worked on at once the second one then sees what the first did.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT version.id FROM shipments_declaration AS version
            WHERE version.registration_number = ANY(
              SELECT registration_number FROM shipments_declaration
              WHERE batch_id = %s AND chunk = %s)
            ORDER BY version.id FOR NO KEY UPDATE
            """,
            [batch_id, chunk],
        )


def lock_versions_of(*, numbers: Sequence[str]) -> None:
    """As :func:`lock_versions`, of the declarations with these registration numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM shipments_declaration WHERE registration_number = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(numbers)],
        )


@transaction.atomic
def store_chunk(
    *, batch: IntakeBatch, chunk: int, parsed: Sequence[ParsedDeclaration]
) -> Counter[str]:
    """Store the declarations of one chunk with their items, parties, documents, issues.

    A version that is already stored with the same content counts as ``unchanged``; with
    other content it is refused with the issue ``version_exists``: a change needs the next
    version number. Of another submitter's version see :mod:`shipments.services.contested`:
    it counts as declared and is not stored. Amendments that say only what changes are kept for
    the match stage (:mod:`shipments.services.amendments`). Returns and adds to the batch:
    declaration, item, unchanged, rejected and issue counts.
    """
    kept, conflicts = keep_amendments(batch=batch, chunk=chunk, places=parsed)
    copy_issues(batch, chunk, conflicts)
    whole = [place for place in parsed if place.amendment is None]
    counts = store_records(batch=batch, chunk=chunk, places=whole, owner=batch)
    told = [(place, issue) for place in parsed if place.amendment for issue in place.issues]
    copy_issues(batch, chunk, told)
    kept["issue"] = len(conflicts) + len(told)
    _count(batch, kept)
    return counts + kept


def store_records(
    *, batch: IntakeBatch, chunk: int, places: Sequence[ParsedDeclaration], owner: IntakeBatch
) -> Counter[str]:
    """Store declarations into the chunk; counts and issues are those of ``owner``, in which
    they came. The caller holds the transaction."""
    issues = [(place, issue) for place in places for issue in place.issues]
    records: dict[VersionKey, DeclarationRecord] = {}
    later: list[ParsedDeclaration] = []
    for place in places:
        if place.declaration is None:
            continue
        key = key_of(place.declaration)
        if records.setdefault(key, place.declaration) is not place.declaration:
            later.append(place)
    digests = {key: content_digest(record) for key, record in records.items()}

    ids = _insert_declarations(batch, chunk, records, digests)
    _insert_children({key: records[key] for key in ids}, ids)
    _relink_versions({number for number, version in ids})

    known = [p for p in places if p.declaration and key_of(p.declaration) not in ids] + [
        p for p in later if p.declaration and key_of(p.declaration) in ids
    ]
    settled = settle_known(batch=owner, places=known, digest_of=digests)
    conflicts = _version_conflicts(settled.others, settled.digests)
    fresh = len(settled.fresh)
    issues += conflicts
    copy_issues(owner, chunk, issues)
    counts = Counter(
        declaration=len(ids) + fresh,
        item=sum(len(records[key].items) for key in ids) + settled.fresh_items,
        unchanged=len(known) - fresh - len(conflicts),
        rejected=sum(place.declaration is None for place in places) + len(conflicts),
        issue=len(issues),
    )
    _count(owner, counts)
    return counts


def _count(batch: IntakeBatch, counts: Counter[str]) -> None:
    if any(counts.values()):
        IntakeBatch.objects.filter(pk=batch.pk).update(
            **{f"{name}_count": F(f"{name}_count") + count for name, count in counts.items()}
        )


def _insert_declarations(
    batch: IntakeBatch,
    chunk: int,
    records: dict[VersionKey, DeclarationRecord],
    digests: dict[VersionKey, bytes],
) -> dict[VersionKey, int]:
    """Insert the versions that are new; gives their ids."""
    rows = [
        (
            *(getattr(record, name) for name in _DECLARATION_FIELDS),
            json.dumps(record.extra),
            batch.submitter_id,
            batch.pk,
            chunk,
            digests[key],
        )
        for key, record in records.items()
    ]
    inserted = upsert_rows(
        Declaration,
        (*_DECLARATION_FIELDS, "extra", "submitter", "batch", "chunk", "content_digest"),
        rows,
        key=("registration_number", "version"),
        returning=("registration_number", "version", "id"),
    )
    return {(number, version): pk for number, version, pk in inserted}


def _insert_children(
    records: dict[VersionKey, DeclarationRecord], ids: dict[VersionKey, int]
) -> None:
    """COPY what hangs on new declarations."""
    _copy_items(records, ids)
    copy_rows(
        Container,
        ("declaration", "number"),
        (
            (ids[key], number)
            for key, record in records.items()
            for number in dict.fromkeys(record.containers)
        ),
    )
    copy_rows(
        PartyRole,
        ("declaration", "position", *_ROLE_FIELDS, "identifiers"),
        (
            (
                ids[key],
                position,
                *(getattr(party, name) for name in _ROLE_FIELDS),
                msgspec.json.encode(party.identifiers).decode(),
            )
            for key, record in records.items()
            for position, party in enumerate(record.parties, 1)
        ),
    )


def _copy_items(records: dict[VersionKey, DeclarationRecord], ids: dict[VersionKey, int]) -> None:
    """COPY goods items and the documents that refer to them, under ids drawn beforehand."""
    items = [(ids[key], item) for key, record in records.items() for item in record.items]
    numbered = list(zip(next_ids(GoodsItem, len(items)), items, strict=True))
    copy_rows(
        GoodsItem,
        ("id", "declaration", *_ITEM_FIELDS, "hs6", "extra"),
        (
            (
                item_id,
                declaration_id,
                *(getattr(item, name) for name in _ITEM_FIELDS),
                hs6_of(item.commodity_code),
                json.dumps(item.extra),
            )
            for item_id, (declaration_id, item) in numbered
        ),
    )
    copy_rows(
        GoodsItemDocument,
        ("goods_item", "position", "code", "number", "issued_on", "licence_line"),
        (
            (item_id, position, d.code, d.number, d.issued_on, d.licence_line)
            for item_id, (_, item) in numbered
            for position, d in enumerate(item.documents, 1)
        ),
    )


def _relink_versions(registration_numbers: Iterable[str]) -> None:
    """Let each version point to the one before it, in whatever order they arrived.

    Two statements, because the link is unique and PostgreSQL checks it row by row: a
    version that arrives between two others takes over the later one's link.
    """
    numbers = list(registration_numbers)
    with connection.cursor() as cursor:
        for link in ("NULL", "chain.previous_id"):
            cursor.execute(
                sql.SQL(
                    """
                    UPDATE shipments_declaration AS declaration SET supersedes_id = {link}
                    FROM (
                      SELECT id, lag(id) OVER (
                        PARTITION BY registration_number ORDER BY version) AS previous_id
                      FROM shipments_declaration WHERE registration_number = ANY(%s)
                    ) AS chain
                    WHERE chain.id = declaration.id
                      AND chain.previous_id IS DISTINCT FROM declaration.supersedes_id
                    """
                ).format(link=sql.SQL(link)),
                [numbers],
            )


def _version_conflicts(
    known: Sequence[ParsedDeclaration], stored: Mapping[VersionKey, bytes]
) -> list[tuple[ParsedDeclaration, Issue]]:
    """The places that declare a version with other content than the submitter declared before."""
    conflicts = []
    for place in known:
        record = place.declaration
        if record is None or stored[key_of(record)] == content_digest(record):
            continue
        conflicts.append((place, version_exists(place.line, *key_of(record))))
    return conflicts


def copy_issues(
    batch: IntakeBatch, chunk: int, issues: Sequence[tuple[ParsedDeclaration, Issue]]
) -> None:
    """Keep issues with the places that they were found in. The caller holds the transaction."""
    if not issues:
        return
    copy_rows(
        IntakeIssue,
        (
            "batch",
            "chunk",
            "line",
            "registration_number",
            "field",
            "column",
            "code",
            "severity",
            "value",
            "allowed",
            "raw",
        ),
        (
            (
                batch.pk,
                chunk,
                issue.line if issue.line is not None else place.line,
                issue.registration_number,
                issue.field,
                issue.column,
                issue.code,
                issue.severity,
                issue.value,
                issue.allowed,
                issue.raw or (place.raw if not (place.declaration or place.amendment) else ""),
            )
            for place, issue in issues
        ),
    )
