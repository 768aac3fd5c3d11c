"""The extract of the company register: entered, amended."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from shipments.domain.legal_entities import LegalEntityRecord, record_digest
from shipments.models import LegalEntity, LegalEntityTie

_OWN = (
    "country", "number_kind", "number", "name", "registered_on", "closed_on", "head", "owners",
    "address", "phone", "activity", "source",
)  # fmt: skip
_WRITTEN = (*_OWN, "content_digest", "version", "amended_by", "amended_at")
_BATCH = 2_000


class RegisteredEntities(NamedTuple):
    """What was entered and amended, and how many said nothing new."""

    created: tuple[LegalEntity, ...]
    amended: tuple[LegalEntity, ...]
    unchanged: int


@transaction.atomic
def register_entities(
    *, records: Sequence[LegalEntityRecord], actor: str, now: datetime
) -> RegisteredEntities:
    """Enter them, amend those whose number is there with other content; all of them or none.
    What an extract leaves out stays. Locks the rows."""
    present = _locked_rows(records)
    created, amended = [], []
    for record in records:
        row, digest = present.get(record.key), record_digest(record)
        if row is None:
            values = _values(record, digest)
            created.append(LegalEntity(**values, entered_by=actor, entered_at=now))
        elif bytes(row.content_digest) != digest:
            for name, value in _values(record, digest).items():
                setattr(row, name, value)
            row.version += 1
            row.amended_by, row.amended_at = actor, now
            amended.append(row)
    LegalEntity.objects.bulk_create(created, batch_size=_BATCH)
    LegalEntity.objects.bulk_update(amended, _WRITTEN, batch_size=_BATCH)
    _write_ties([*created, *amended], records)
    unchanged = len(records) - len(created) - len(amended)
    return RegisteredEntities(tuple(created), tuple(amended), unchanged)


@transaction.atomic
def preview_entities(
    *, records: Sequence[LegalEntityRecord], actor: str, now: datetime
) -> RegisteredEntities:
    """What :func:`register_entities` would do, tried and taken back."""
    with transaction.atomic():
        tried = register_entities(records=records, actor=actor, now=now)
        transaction.set_rollback(True)
    return tried


def _values(record: LegalEntityRecord, digest: bytes) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _OWN},
        "number_kind": record.number_kind.value,
        "owners": list(record.owners),
        "content_digest": digest,
    }


def _key(row: LegalEntity) -> tuple[str, str, str]:
    return row.country, row.number_kind, row.number


def _write_ties(rows: Iterable[LegalEntity], records: Iterable[LegalEntityRecord]) -> None:
    by_key = {record.key: record for record in records}
    touched = list(rows)
    LegalEntityTie.objects.filter(entity__among=[row.pk for row in touched]).delete()
    LegalEntityTie.objects.bulk_create(
        (
            LegalEntityTie(entity=row, kind=kind.value, value=value)
            for row in touched
            for kind, value in sorted(by_key[_key(row)].ties)
        ),
        batch_size=_BATCH,
    )


def _locked_rows(
    records: Sequence[LegalEntityRecord],
) -> dict[tuple[str, str, str], LegalEntity]:
    rows = LegalEntity.objects.select_for_update().filter(
        number__among={record.number for record in records}
    )
    return {_key(row): row for row in rows.order_by("pk")}
