"""The register of pre-export notifications: entered, amended, answered, closed.

Declarations that came before are held against every notice that is entered or amended.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import connection, transaction

from risk.domain.errors import InvalidList, NotificationsRefused, WrongState
from risk.domain.lists.base import RowError
from risk.selectors.notices import calendar, clocks, notice_codes
from risk.selectors.traders import TRADER
from risk.services.notice_matching import match_notices
from risk.services.register_changes import concerns_of_notifications, note_changes
from shipments.domain.notifications import (
    STEPS,
    NotificationRecord,
    NotificationState,
    deadlines,
    reachable,
    record_digest,
)
from shipments.models import PreExportNotification
from shipments.services.declarations import lock_versions_of
from shipments.services.holders import Named, resolve_named

_OWN = (
    "authority", "number", "substance_key", "direction", "consignee", "amount", "unit",
    "notified_kg", "solution_pct", "density_kg_per_l", "sent_on", "dispatch_on", "valid_from",
    "valid_to", "period_months", "entry_point", "transport_mode", "transport_document", "notes",
)  # fmt: skip


class RegisteredNotices(NamedTuple):
    """The notices that were entered and amended, and how many said nothing new."""

    created: tuple[PreExportNotification, ...]
    amended: tuple[PreExportNotification, ...]
    unchanged: int


class Step(NamedTuple):
    """What happened to a notice on which day, and why."""

    state: NotificationState
    on: date
    reason: str = ""


@transaction.atomic
def register_notifications(
    *, records: Sequence[NotificationRecord], actor: str, now: datetime
) -> RegisteredNotices:
    """Enter the notices, amend those whose (authority, number, substance) is there with other
    content or a later state; all of them or none.

    A new one without a state is received. Raises NotificationsRefused with every reason: a
    state that no steps lead to. Locks the notices; the declarations that they may be of are
    locked and held against them in a transaction of their own, after this one.
    """
    parties = resolve_named(parties=[party for record in records for party in _parties(record)])
    present = _locked_rows(records)
    new = [record for record in records if record.key not in present]
    changed = [
        (present[record.key], record)
        for record in records
        if record.key in present and _says_more(present[record.key], record)
    ]
    if faults := [fault for pair in changed for fault in _faults(*pair)]:
        raise NotificationsRefused(faults=tuple(faults))
    before = concerns_of_notifications(row.pk for row, _ in changed)
    created = PreExportNotification.objects.bulk_create(
        PreExportNotification(
            **_values(record, parties),
            state=(record.state or NotificationState.RECEIVED).value,
            state_on=now.date(),
            registered_by=actor,
            registered_at=now,
        )
        for record in new
    )
    for row, record in changed:
        _amend(row, _values(record, parties), record, actor, now)
    touched = [*created, *(row for row, _ in changed)]
    numbers = _declarations_of([row.pk for row in touched])
    lock_versions_of(numbers=numbers)
    match_notices(numbers=numbers)
    concerns = concerns_of_notifications(row.pk for row in touched)
    note_changes(before=before, after=concerns, actor=actor, now=now)
    # What was taken in meanwhile could not see these rows yet.
    transaction.on_commit(partial(_match_again, [row.pk for row in touched]))
    unchanged = len(records) - len(touched)
    return RegisteredNotices(tuple(created), tuple(row for row, _ in changed), unchanged)


@transaction.atomic
def preview_notifications(
    *, records: Sequence[NotificationRecord], actor: str, now: datetime
) -> RegisteredNotices:
    """What :func:`register_notifications` would do, tried and taken back; it raises the same."""
    with transaction.atomic():
        tried = register_notifications(records=records, actor=actor, now=now)
        transaction.set_rollback(True)
    return tried


@transaction.atomic
def step_notification(
    *, notification_id: int, step: Step, actor: str, now: datetime
) -> PreExportNotification:
    """Take the next step: acknowledge, object, suspend, ship …. Raises WrongState for one that
    does not follow, InvalidList for an objection or suspension without a reason."""
    row = PreExportNotification.objects.select_for_update().get(pk=notification_id)
    allowed = STEPS[NotificationState(row.state)]
    if step.state not in allowed:
        raise WrongState(state=row.state, allowed=", ".join(sorted(allowed)))
    needs_reason = step.state in (NotificationState.OBJECTED, NotificationState.SUSPENDED)
    if needs_reason and not step.reason.strip():
        raise InvalidList(column="reason", value="", allowed="why")
    row.state, row.state_on, row.state_reason = step.state.value, step.on, step.reason.strip()
    return _changed(row, actor, now)


@transaction.atomic
def close_notification(
    *, notification_id: int, reason: str, actor: str, now: datetime
) -> PreExportNotification:
    """Say why no goods come any more; it is no work item then. Raises WrongState when it is
    closed, InvalidList without a reason."""
    row = PreExportNotification.objects.select_for_update().get(pk=notification_id)
    if row.closed_at is not None:
        raise WrongState(state="closed", allowed="open")
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why")
    row.closed_by, row.closed_at, row.closing_reason = actor, now, reason.strip()
    return _changed(row, actor, now)


def _saved(row: PreExportNotification, actor: str, now: datetime) -> PreExportNotification:
    row.version += 1
    row.amended_by, row.amended_at = actor, now
    row.save()
    return row


def _changed(row: PreExportNotification, actor: str, now: datetime) -> PreExportNotification:
    """Saved, and noted: what it is worth to declarations is another now."""
    note_changes(after=concerns_of_notifications([row.pk]), actor=actor, now=now)
    return _saved(row, actor, now)


def _parties(record: NotificationRecord) -> tuple[Named, Named]:
    """Exporter and importer."""
    return (
        Named(
            record.exporter_name,
            record.exporter_country,
            record.exporter_identifiers,
            record.sent_on,
        ),
        Named(
            record.importer_name,
            record.importer_country,
            record.importer_identifiers,
            record.sent_on,
        ),
    )


def _locked_rows(
    records: Sequence[NotificationRecord],
) -> dict[tuple[str, str, str], PreExportNotification]:
    keys = {record.key for record in records}
    rows = PreExportNotification.objects.select_for_update().filter(
        number_key__among={number for _, number, _ in keys}
    )
    found = {(row.authority, row.number_key, row.substance_key): row for row in rows.order_by("pk")}
    return {key: row for key, row in found.items() if key in keys}


def _says_more(row: PreExportNotification, record: NotificationRecord) -> bool:
    is_other_state = record.state is not None and record.state.value != row.state
    return is_other_state or bytes(row.content_digest) != record_digest(record)


def _faults(row: PreExportNotification, record: NotificationRecord) -> list[RowError]:
    state = NotificationState(row.state)
    if record.state in (None, state) or record.state in reachable(state):
        return []
    allowed = ", ".join(sorted(reachable(state) | {state}))
    return [
        RowError(file=row.number, line=1, column="state", value=str(record.state), allowed=allowed)
    ]


def _values(record: NotificationRecord, parties: Mapping[str, int]) -> dict[str, Any]:
    exporter, importer = _parties(record)
    return {
        **{name: getattr(record, name) for name in _OWN},
        **deadlines(record, clocks(), calendar())._asdict(),
        "basis": record.basis.value,
        "is_reply_day_stated": record.reply_due_on is not None,
        "number_key": record.key[1],
        "exporter_id": parties[exporter.key],
        "importer_id": parties[importer.key],
        "content_digest": record_digest(record),
    }


def _amend(
    row: PreExportNotification,
    values: Mapping[str, Any],
    record: NotificationRecord,
    actor: str,
    now: datetime,
) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    if record.state is not None and record.state.value != row.state:
        row.state, row.state_on, row.state_reason = record.state.value, now.date(), ""
    _saved(row, actor, now)


def _declarations_of(notification_ids: Sequence[int]) -> list[str]:
    """The declarations that name these notices, are matched to them, or are of their importers
    in their windows."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH {TRADER}, given AS MATERIALIZED (
              SELECT * FROM shipments_preexportnotification WHERE id = ANY(%(ids)s))
            SELECT d.registration_number FROM given
            JOIN shipments_goodsitemdocument AS document
              ON upper(regexp_replace(document.number, %(blank)s, '', 'g')) = given.number_key
             AND document.code LIKE '01%%' AND document.code = ANY(%(codes)s)
            JOIN shipments_goodsitem AS i ON i.id = document.goods_item_id
            JOIN shipments_declaration AS d ON d.id = i.declaration_id
            UNION
            SELECT d.registration_number FROM given
            LEFT JOIN trader ON trader.party_id = given.importer_id
            LEFT JOIN trader AS same ON same.head_id = trader.head_id
            JOIN shipments_partyrole AS role
              ON role.party_id = coalesce(same.party_id, given.importer_id)
            JOIN shipments_declaration AS d ON d.id = role.declaration_id
             AND d.accepted_at::date BETWEEN given.opens_on - 1 AND given.closes_on + 1
            UNION
            SELECT match.registration_number FROM risk_notificationmatch AS match
            WHERE match.notification_id = ANY(%(ids)s)
            ORDER BY 1
            """,  # noqa: S608 - composed of constants
            {"ids": list(notification_ids), "blank": r"\s", "codes": list(notice_codes())},
        )
        return [number for (number,) in cursor.fetchall()]


@transaction.atomic
def _match_again(notification_ids: Sequence[int]) -> None:
    numbers = _declarations_of(notification_ids)
    lock_versions_of(numbers=numbers)
    match_notices(numbers=numbers)
