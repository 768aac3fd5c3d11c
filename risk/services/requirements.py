"""The register of annual legitimate requirements and of holders' norms: entered, amended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from risk.services.register_changes import concerns_of_requirements, note_changes
from shipments.domain.requirements import RequirementRecord, record_digest
from shipments.models import AnnualLegitimateRequirement
from shipments.services.holders import Named, resolve_named

_OWN = (
    "country", "substance_key", "year", "amount", "unit", "density_kg_per_l", "required_kg",
    "stated_on", "source", "notes",
)  # fmt: skip
_Key = tuple[str, str, int, int | None]


class RegisteredRequirements(NamedTuple):
    """What was entered and amended, and how many said nothing new."""

    created: tuple[AnnualLegitimateRequirement, ...]
    amended: tuple[AnnualLegitimateRequirement, ...]
    unchanged: int


@transaction.atomic
def register_requirements(
    *, records: Sequence[RequirementRecord], actor: str, now: datetime
) -> RegisteredRequirements:
    """Enter them, amend those whose (country, substance, year, holder) is there with other
    content; all of them or none. Locks the rows.
    """
    parties = resolve_named(parties=[_holder(record) for record in records if record.is_norm])
    values = [_values(record, parties) for record in records]
    present = _locked_rows(records)
    new = [of for of in values if _key(of) not in present]
    changed = [
        (row, of)
        for of in values
        if (row := present.get(_key(of))) and bytes(row.content_digest) != of["content_digest"]
    ]
    created = AnnualLegitimateRequirement.objects.bulk_create(
        AnnualLegitimateRequirement(**of, registered_by=actor, registered_at=now) for of in new
    )
    for row, of in changed:
        for name, value in of.items():
            setattr(row, name, value)
        row.version += 1
        row.amended_by, row.amended_at = actor, now
        row.save()
    touched = [*created, *(row for row, _ in changed)]
    note_changes(after=concerns_of_requirements(touched), actor=actor, now=now)
    unchanged = len(records) - len(touched)
    return RegisteredRequirements(tuple(created), tuple(row for row, _ in changed), unchanged)


@transaction.atomic
def preview_requirements(
    *, records: Sequence[RequirementRecord], actor: str, now: datetime
) -> RegisteredRequirements:
    """What :func:`register_requirements` would do, tried and taken back."""
    with transaction.atomic():
        tried = register_requirements(records=records, actor=actor, now=now)
        transaction.set_rollback(True)
    return tried


def _holder(record: RequirementRecord) -> Named:
    return Named(
        record.holder_name, record.holder_country, record.holder_identifiers, record.stated_on
    )


def _values(record: RequirementRecord, parties: Mapping[str, int]) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _OWN},
        "holder_id": parties[_holder(record).key] if record.is_norm else None,
        "content_digest": record_digest(record),
    }


def _key(values: Mapping[str, Any]) -> _Key:
    return values["country"], values["substance_key"], values["year"], values["holder_id"]


def _locked_rows(
    records: Sequence[RequirementRecord],
) -> dict[_Key, AnnualLegitimateRequirement]:
    rows = AnnualLegitimateRequirement.objects.select_for_update().filter(
        substance_key__among={record.substance_key for record in records},
        year__in={record.year for record in records},
    )
    return {
        (row.country, row.substance_key, row.year, row.holder_id): row
        for row in rows.order_by("pk")
    }
