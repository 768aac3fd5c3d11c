"""The register of authorisations: entered, amended, suspended, revoked.

What declarations that came before have drawn is settled with every entry and amendment.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import connection, transaction

from risk.domain.errors import AuthorisationsRefused, InvalidList, WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.domain.lists.base import RowError
from risk.selectors.permits import permit_kinds
from risk.services.drawdowns import settle_numbers
from risk.services.register_changes import concerns_of_authorisations, note_changes
from shipments.domain.authorisations import (
    AuthorisationRecord,
    AuthorisationState,
    LineRecord,
    record_digest,
)
from shipments.models import Authorisation, AuthorisationLine, Drawdown
from shipments.services.declarations import lock_versions_of
from shipments.services.holders import holder_key, resolve_holders

_OWN = (
    "authority", "number", "kind", "direction", "issued_on", "valid_from", "valid_to",
    "border_office", "conditions", "end_use", "is_single_consignment",
)  # fmt: skip
_OF_A_LINE = ("substance_key", "amount", "unit", "basis", "granted_kg", "solution_pct",
              "density_kg_per_l")  # fmt: skip
# What was drawn is on this basis and of this substance: neither can change under it.
_FIXED_ONCE_DRAWN = ("substance_key", "basis", "solution_pct")


class Registered(NamedTuple):
    """The authorisations that were entered and amended, and how many said nothing new."""

    created: tuple[Authorisation, ...]
    amended: tuple[Authorisation, ...]
    unchanged: int


@transaction.atomic
def register_authorisations(
    *, records: Sequence[AuthorisationRecord], actor: str, now: datetime
) -> Registered:
    """Enter the authorisations, amend those whose (authority, number) is there with other
    content; all of them or none.

    What is already there with the same content counts as unchanged. Raises
    AuthorisationsRefused with every reason: a revoked one is not amended, a line that was
    drawn on is neither dropped nor given another substance or basis. Locks, in this order,
    the declarations that name the numbers, the authorisations, their lines.
    """
    naming = _numbers_naming({record.key[1] for record in records})
    lock_versions_of(numbers=naming)
    holders = resolve_holders(records=records)
    present = _locked_rows(records)
    digests = {record.key: record_digest(record) for record in records}
    new = [record for record in records if record.key not in present]
    changed = [
        (present[record.key], record)
        for record in records
        if record.key in present
        and bytes(present[record.key].content_digest) != digests[record.key]
    ]
    drawn = _drawn_lines([row.pk for row, _ in changed])
    if faults := [fault for pair in changed for fault in _faults(*pair, drawn)]:
        raise AuthorisationsRefused(faults=tuple(faults))
    before = concerns_of_authorisations(row.pk for row, _ in changed)
    created = Authorisation.objects.bulk_create(
        Authorisation(
            **_values(record, holders, digests),
            registered_by=actor,
            registered_at=now,
        )
        for record in new
    )
    AuthorisationLine.objects.bulk_create(
        _line(row, line) for row, record in zip(created, new, strict=True) for line in record.lines
    )
    for row, record in changed:
        _amend(row, _values(record, holders, digests), record.lines, actor, now)
    touched = [*created, *(row for row, _ in changed)]
    settle_numbers(numbers=naming)
    concerns = concerns_of_authorisations(row.pk for row in touched)
    note_changes(before=before, after=concerns, actor=actor, now=now)
    # What was taken in meanwhile could not see these rows yet.
    transaction.on_commit(partial(_settle, {row.number_key for row in touched}))
    unchanged = len(records) - len(touched)
    return Registered(tuple(created), tuple(row for row, _ in changed), unchanged)


@transaction.atomic
def preview_authorisations(
    *, records: Sequence[AuthorisationRecord], actor: str, now: datetime
) -> Registered:
    """What :func:`register_authorisations` would do, tried and taken back; it raises the same."""
    with transaction.atomic():
        tried = register_authorisations(records=records, actor=actor, now=now)
        transaction.set_rollback(True)
    return tried


@transaction.atomic
def suspend_authorisation(
    *, authorisation_id: int, since: date, reason: str, actor: str, now: datetime
) -> Authorisation:
    """It does not hold from that day on, until it is taken up again. Raises WrongState."""
    row = _held(authorisation_id, AuthorisationState.IN_FORCE)
    row.state, row.suspended_from = AuthorisationState.SUSPENDED.value, since
    row.suspended_by, row.suspension_reason = actor, _reason(reason)
    return _changed(row, actor, now)


@transaction.atomic
def resume_authorisation(*, authorisation_id: int, actor: str, now: datetime) -> Authorisation:
    """It holds again; the history keeps that it did not. Raises WrongState."""
    row = _held(authorisation_id, AuthorisationState.SUSPENDED)
    row.state, row.suspended_from = AuthorisationState.IN_FORCE.value, None
    row.suspended_by = row.suspension_reason = ""
    return _changed(row, actor, now)


@transaction.atomic
def propose_revocation(
    *, authorisation_id: int, since: date, reason: str, actor: Actor, now: datetime
) -> Authorisation:
    """Propose that it be revoked from that day on; nothing changes until a second person
    agrees. Raises WrongState, FourEyesViolated for somebody nobody knows."""
    check_known_person(actor)
    row = _held(authorisation_id, AuthorisationState.IN_FORCE, AuthorisationState.SUSPENDED)
    row.revoked_from, row.revocation_reason = since, _reason(reason)
    row.revocation_proposed_by, row.revocation_proposed_person = actor.account, actor.person
    row.revocation_proposed_at = now
    return _saved(row)


@transaction.atomic
def approve_revocation(*, authorisation_id: int, actor: Actor, now: datetime) -> Authorisation:
    """Revoke what another person proposed to. Raises WrongState, FourEyesViolated."""
    row = _held(authorisation_id, AuthorisationState.IN_FORCE, AuthorisationState.SUSPENDED)
    if row.revocation_proposed_at is None:
        raise WrongState(state="not proposed", allowed="revocation proposed")
    proposer = Actor(row.revocation_proposed_by, row.revocation_proposed_person)
    check_second_person(proposer=proposer, approver=actor)
    row.state = AuthorisationState.REVOKED.value
    row.revoked_by, row.revoked_person, row.revoked_at = actor.account, actor.person, now
    return _changed(row, actor.account, now)


def _locked_rows(
    records: Sequence[AuthorisationRecord],
) -> dict[tuple[str, str], Authorisation]:
    keys = {record.key for record in records}
    rows = Authorisation.objects.select_for_update().filter(
        number_key__among={number for _, number in keys}
    )
    return {
        (row.authority, row.number_key): row
        for row in rows.order_by("pk")
        if (row.authority, row.number_key) in keys
    }


def _drawn_lines(authorisation_ids: Sequence[int]) -> Mapping[int, list[AuthorisationLine]]:
    """The lines that were ever drawn on, by authorisation. Locks all lines in their order."""
    rows = AuthorisationLine.objects.select_for_update().filter(
        authorisation__among=authorisation_ids
    )
    lines = list(rows.order_by("pk"))
    drawn = set(
        Drawdown.objects.filter(line__among=[line.pk for line in lines]).values_list(
            "line_id", flat=True
        )
    )
    found: dict[int, list[AuthorisationLine]] = {}
    for line in lines:
        if line.pk in drawn:
            found.setdefault(line.authorisation_id, []).append(line)
    return found


def _faults(
    row: Authorisation,
    record: AuthorisationRecord,
    drawn: Mapping[int, list[AuthorisationLine]],
) -> list[RowError]:
    faults = []

    def refuse(column: str, value: object, allowed: str) -> None:
        faults.append(
            RowError(file=row.number, line=1, column=column, value=str(value), allowed=allowed)
        )

    if row.state == AuthorisationState.REVOKED:
        refuse("number", row.number, "one that is not revoked")
    lines = {line.line_number: line for line in record.lines}
    for line in drawn.get(row.pk, []):
        told = lines.get(line.line_number)
        if told is None:
            refuse("lines", line.line_number, "every line that was drawn on")
            continue
        for field in _FIXED_ONCE_DRAWN:
            if getattr(told, field) != getattr(line, field):
                value = getattr(line, field)
                refuse(f"lines[{line.line_number}].{field}", getattr(told, field), str(value))
    return faults


def _values(
    record: AuthorisationRecord,
    holders: Mapping[str, int],
    digests: Mapping[tuple[str, str], bytes],
) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _OWN},
        "kind": record.kind.value,
        "number_key": record.key[1],
        "holder_id": holders[holder_key(record)],
        "content_digest": digests[record.key],
    }


def _line(row: Authorisation, line: LineRecord) -> AuthorisationLine:
    values = {name: getattr(line, name) for name in _OF_A_LINE}
    return AuthorisationLine(authorisation=row, line_number=line.line_number, **values)


def _amend(
    row: Authorisation,
    values: Mapping[str, Any],
    lines: Sequence[LineRecord],
    actor: str,
    now: datetime,
) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.amended_by, row.amended_at = actor, now
    row.save()
    row.lines.exclude(line_number__in=[line.line_number for line in lines]).delete()
    for line in lines:
        row.lines.update_or_create(
            line_number=line.line_number,
            defaults={name: getattr(line, name) for name in _OF_A_LINE},
        )


def _numbers_naming(number_keys: set[str]) -> list[str]:
    """The declarations with a document of graph 44 that names one of these numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT d.registration_number FROM shipments_goodsitemdocument AS document
            JOIN shipments_goodsitem AS i ON i.id = document.goods_item_id
            JOIN shipments_declaration AS d ON d.id = i.declaration_id
            WHERE upper(regexp_replace(document.number, %s, '', 'g')) = ANY(%s)
              AND document.code LIKE '01%%' AND document.code = ANY(%s)
            ORDER BY d.registration_number
            """,
            [r"\s", sorted(number_keys), list(permit_kinds())],
        )
        return [number for (number,) in cursor.fetchall()]


@transaction.atomic
def _settle(number_keys: set[str]) -> None:
    naming = _numbers_naming(number_keys)
    lock_versions_of(numbers=naming)
    settle_numbers(numbers=naming)


def _held(authorisation_id: int, *states: AuthorisationState) -> Authorisation:
    row = Authorisation.objects.select_for_update().get(pk=authorisation_id)
    if row.state not in states:
        raise WrongState(state=row.state, allowed=", ".join(states))
    return row


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidList(column="reason", value="", allowed="why")
    return text.strip()


def _saved(row: Authorisation) -> Authorisation:
    row.version += 1
    row.save()
    return row


def _changed(row: Authorisation, actor: str, now: datetime) -> Authorisation:
    """Saved, and noted: what it is worth to declarations is another now."""
    note_changes(after=concerns_of_authorisations([row.pk]), actor=actor, now=now)
    return _saved(row)
