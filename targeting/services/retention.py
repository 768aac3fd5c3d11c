"""Removing what the policy no longer keeps, a short batch at a time (docs/adr/0017-retention.md).

A batch is one transaction: it looks for holds, removes, and counts in the run's row. A run
that is killed has removed what its row says; the next one closes it and goes on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError

from risk.models import RiskAssessment, SubstanceMatch
from risk.selectors.office import office_day
from risk.services.network_masses import withdraw_numbers
from shipments.models import IntakeBatch, IntakeIssue, RawMessage
from shipments.services.declarations import lock_versions_of
from targeting.domain.audit import Action, Verb
from targeting.domain.retention import Kept, Period, periods
from targeting.models import RetentionRun
from targeting.selectors import retention as due
from targeting.services.audit import record_action
from targeting.services.legal_holds import lock_holds
from targeting.services.partitions import drop_empty_partitions

ACTOR = "task:retention"
BATCH = 100
MAX_BATCHES = 200
"""One run looks at so many batches of what is due, of so many rows each."""

# Any number that no other advisory lock of the database uses: only one run at a time.
RUN_LOCK = 7_302_614_983

Removal = Callable[[Sequence[Any]], Counter[str]]


def remove_due(*, policy: Mapping[str, int], now: datetime) -> list[RetentionRun]:
    """Remove what is due by the policy (months by :class:`Kept`; 0 is for ever).

    Returns the runs, one a period that ends; none when another process is at it. Each run that
    removed something is an audit event. Not in a transaction of the caller's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK])
        if not cursor.fetchone()[0]:
            return []
        try:
            _close_killed(now)
            return [_run(period, now) for period in periods(policy, office_day(now))]
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [RUN_LOCK])


def _run(period: Period, now: datetime) -> RetentionRun:
    run = RetentionRun.objects.create(
        kept=period.kept.value,
        months=period.months,
        first_kept_day=period.first_kept_day,
        started_at=now,
    )
    before = period.first_kept_day
    if period.kept is Kept.RAW:
        _walk(run, due.due_messages(before), "finished_at", _held_batches, _remove_messages)
    elif period.kept is Kept.MATCH:
        judged = due.due_judgements(before)
        _walk(run, judged, "accepted_at", _held_declarations, _remove_judgements)
    else:
        declared = due.due_declarations(before)
        _walk(run, declared, "accepted_at", _held_declarations, _remove_declarations)
        _walk(run, due.empty_batches(before), "finished_at", _held_batches, _remove_batches)
    _drop_empty_months(run)
    _close(run, now)
    return run


def _drop_empty_months(run: RetentionRun) -> None:
    """Months of which nothing is left go as a whole; a busy table is left for the next run."""
    try:
        dropped = drop_empty_partitions(before=run.first_kept_day)
    except OperationalError:
        return
    if dropped:
        run.counts = {**run.counts, "partitions": len(dropped)}


def _walk(
    run: RetentionRun,
    rows: QuerySet[Any],
    order: str,
    held: Callable[[Sequence[Any]], set[int]],
    remove: Removal,
) -> None:
    """Batch after batch in the order of time, past what stays."""
    last: tuple[datetime, int] | None = None
    for _ in range(MAX_BATCHES):
        with transaction.atomic():
            lock_holds()
            batch = list(due.behind(rows, order, last)[:BATCH])
            if not batch:
                return
            last = getattr(batch[-1], order), batch[-1].pk
            kept = held(batch)
            _remove(run, [row for row in batch if row.pk not in kept], remove)
            run.held_count += len(kept)
            run.save()


def _remove(run: RetentionRun, rows: Sequence[Any], remove: Removal) -> None:
    """Remove the rows together, or one by one past those that something refers to."""
    try:
        with transaction.atomic():
            counts = remove(rows) if rows else Counter[str]()
    except (ProtectedError, RestrictedError):
        if len(rows) > 1:
            for row in rows:
                _remove(run, [row], remove)
        else:
            run.protected_count += 1
        return
    run.removed_count += len(rows)
    run.counts = dict(Counter(run.counts) + counts)


def _held_batches(batches: Sequence[IntakeBatch]) -> set[int]:
    return due.held_batches(batch.pk for batch in batches)


def _held_declarations(latest: Sequence[Any]) -> set[int]:
    held = due.held_numbers(version.registration_number for version in latest)
    return {version.pk for version in latest if version.registration_number in held}


def _remove_messages(batches: Sequence[IntakeBatch]) -> Counter[str]:
    """The messages, their files after the commit, and the values that issues quote."""
    pks = [batch.pk for batch in batches]
    messages = list(RawMessage.objects.filter(batch__in=pks))
    removed = _deleted(RawMessage.objects.filter(batch__in=pks))
    quoting = IntakeIssue.objects.filter(batch__in=pks).exclude(raw="", value="")
    removed["quotations"] = quoting.update(raw="", value="")
    files = [message.file for message in messages if message.file]
    transaction.on_commit(partial(_delete_files, files))
    return removed


def _delete_files(files: Iterable[Any]) -> None:
    for file in files:
        file.storage.delete(file.name)


def _remove_judgements(latest: Sequence[Any]) -> Counter[str]:
    versions = due.versions_of(version.registration_number for version in latest)
    _withdraw_masses(latest)
    removed = _deleted(RiskAssessment.objects.filter(declaration__in=versions.values("pk")))
    matches = SubstanceMatch.objects.filter(goods_item__declaration__in=versions.values("pk"))
    return removed + _deleted(matches)


def _remove_declarations(latest: Sequence[Any]) -> Counter[str]:
    """All versions; the chain is untied first, because each protects the one before it."""
    versions = due.versions_of(version.registration_number for version in latest)
    _withdraw_masses(latest)
    versions.order_by().update(supersedes=None)
    numbers = {version.registration_number for version in latest}
    return _deleted(versions.order_by()) + _deleted(due.events_about(numbers))


def _withdraw_masses(latest: Sequence[Any]) -> None:
    """What was found is a judgement on the links of the network, too."""
    numbers = sorted({version.registration_number for version in latest})
    lock_versions_of(numbers=numbers)
    withdraw_numbers(numbers=numbers)


def _remove_batches(batches: Sequence[IntakeBatch]) -> Counter[str]:
    told = due.events_about({str(batch.public_id) for batch in batches})
    return _deleted(IntakeBatch.objects.filter(pk__in=[batch.pk for batch in batches])) + _deleted(
        told
    )


def _deleted(rows: QuerySet[Any]) -> Counter[str]:
    """Delete as Django does, with what hangs on the rows in every app; counts by table.

    Raises ProtectedError and RestrictedError.
    """
    return Counter({label: count for label, count in rows.delete()[1].items() if count})


def _close_killed(now: datetime) -> None:
    for run in RetentionRun.objects.filter(finished_at=None):
        _close(run, now)


def _close(run: RetentionRun, now: datetime) -> None:
    """The run's end and its audit event, together."""
    with transaction.atomic():
        run.finished_at = now
        run.save()
        if run.removed_count:
            record_action(_action(run, now))


def _action(run: RetentionRun, now: datetime) -> Action:
    terms = {
        "kept": [run.kept],
        "months": [str(run.months)],
        "before": [str(run.first_kept_day)],
        "removed": [str(run.removed_count)],
        "held": [str(run.held_count)],
        "rows": [f"{table} {count}" for table, count in sorted(run.counts.items())],
    }
    return Action(
        at=now,
        actor=ACTOR,
        role="",
        verb=Verb.DELETE,
        resource="retention",
        object_key=str(run.pk),
        terms=terms,
        status=200,
        purpose="retention policy",
        address="",
        request_id=f"retention-{run.pk}",
    )
