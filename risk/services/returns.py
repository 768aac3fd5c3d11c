"""The register of returns: what holders report after the release, entered and amended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from risk.domain.errors import ReturnsRefused
from risk.domain.lists.base import RowError
from shipments.domain.returns import ReturnRecord, record_digest
from shipments.models import ConsignmentReturn, GoodsItem

_OWN = (
    "registration_number", "item_number", "substance_key", "number", "reported_on", "reported_by",
    "amount", "unit", "density_kg_per_l", "reported_kg", "used_for", "notes",
)  # fmt: skip
_Key = tuple[str, int, str, str, str]


class RegisteredReturns(NamedTuple):
    """What was entered and amended, and how many said nothing new."""

    created: tuple[ConsignmentReturn, ...]
    amended: tuple[ConsignmentReturn, ...]
    unchanged: int


@transaction.atomic
def register_returns(
    *, records: Sequence[ReturnRecord], actor: str, now: datetime
) -> RegisteredReturns:
    """Enter them, amend those whose key is there with other content; all of them or none.

    Raises ReturnsRefused with every item that nobody declared. Locks the rows.
    """
    offices = _offices(records)
    if faults := [_undeclared(one) for one in records if _place(one) not in offices]:
        raise ReturnsRefused(faults=tuple(faults))
    present = _locked_rows(records)
    new = [record for record in records if record.key not in present]
    changed = [
        (present[record.key], record)
        for record in records
        if record.key in present
        and bytes(present[record.key].content_digest) != record_digest(record)
    ]
    created = ConsignmentReturn.objects.bulk_create(
        ConsignmentReturn(**_values(record, offices), registered_by=actor, registered_at=now)
        for record in new
    )
    for row, record in changed:
        for name, value in _values(record, offices).items():
            setattr(row, name, value)
        row.version += 1
        row.amended_by, row.amended_at = actor, now
        row.save()
    unchanged = len(records) - len(new) - len(changed)
    return RegisteredReturns(tuple(created), tuple(row for row, _ in changed), unchanged)


@transaction.atomic
def preview_returns(
    *, records: Sequence[ReturnRecord], actor: str, now: datetime
) -> RegisteredReturns:
    """What :func:`register_returns` would do, tried and taken back; it raises the same."""
    with transaction.atomic():
        tried = register_returns(records=records, actor=actor, now=now)
        transaction.set_rollback(True)
    return tried


def _place(record: ReturnRecord) -> tuple[str, int]:
    return record.registration_number, record.item_number


def _offices(records: Sequence[ReturnRecord]) -> dict[tuple[str, int], str]:
    """The office of the latest version of each declared item."""
    rows = GoodsItem.objects.filter(
        declaration__registration_number__among={one.registration_number for one in records}
    ).order_by("declaration__version")
    told = rows.values_list(
        "declaration__registration_number", "item_number", "declaration__customs_office"
    )
    return {(number, item): office for number, item, office in told}


def _undeclared(record: ReturnRecord) -> RowError:
    return RowError(
        file=record.number,
        line=1,
        column="registration_number",
        value=f"{record.registration_number}/{record.item_number}",
        allowed="an item of a declaration that is stored",
    )


def _locked_rows(records: Sequence[ReturnRecord]) -> dict[_Key, ConsignmentReturn]:
    rows = ConsignmentReturn.objects.select_for_update().filter(
        registration_number__among={one.registration_number for one in records}
    )
    return {
        (row.registration_number, row.item_number, row.substance_key, row.kind, row.number_key): row
        for row in rows.order_by("pk")
    }


def _values(record: ReturnRecord, offices: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _OWN},
        "kind": record.kind.value,
        "basis": record.basis.value,
        "number_key": record.key[-1],
        "customs_office": offices[_place(record)],
        "content_digest": record_digest(record),
    }
