"""Making versions of amendments that say only what changes, in whatever order they come.

An amendment waits for the version before its own. Whichever of both comes last, the match
stage of its chunk makes the new version there, so that it goes through every stage with that
chunk; the receipt of the amendment counts it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec
from django.db import connection, transaction
from django.db.models import F, QuerySet

from shipments.domain.amending import amended
from shipments.domain.errors import InvalidValue
from shipments.domain.formats.issues import REJECT, WARN
from shipments.domain.records import DeclarationRecord, Issue, ParsedDeclaration, PartialAmendment
from shipments.models import IntakeBatch, IntakeIssue, WaitingAmendment
from shipments.selectors.records import records_of
from shipments.services.declarations import copy_issues, store_records

WAITS, LAPSED = "amendment_waits", "amendment_lapsed"
# As many amendments as one transaction ends.
_LAPSED_AT_ONCE = 500
# As many locks as one transaction takes at most; the numbers share them.
_LOCKS = 64
_LOCK_SPACE = 730_261
_decode = msgspec.json.Decoder(PartialAmendment).decode

# Almost always there is none: then it ends at one look.
_NUMBERS = """
    SELECT registration_number FROM shipments_waitingamendment
    WHERE batch_id = %(batch)s AND chunk = %(chunk)s
    UNION
    SELECT w.registration_number FROM shipments_declaration AS d
    JOIN shipments_waitingamendment AS w ON w.registration_number = d.registration_number
    WHERE EXISTS (SELECT FROM shipments_waitingamendment)
      AND d.batch_id = %(batch)s AND d.chunk = %(chunk)s AND w.submitter_id = %(submitter)s
    ORDER BY 1
"""
_READY = """
    SELECT w.id, base.id FROM shipments_waitingamendment AS w
    JOIN shipments_declaration AS base
      ON base.registration_number = w.registration_number AND base.version = w.version - 1
     AND base.submitter_id = w.submitter_id
    WHERE w.registration_number = ANY(%s) AND w.submitter_id = %s
    ORDER BY w.registration_number, w.version
"""


def apply_amendments(*, batch: IntakeBatch, chunk: int) -> int:
    """Make versions of what waits in this chunk, or for it; returns how many were made.

    The caller holds the transaction and has committed the chunk before. Of two chunks that
    belong together the second one waits for the first and sees what it did. Amendments of
    this chunk whose version before is not stored get the issue ``amendment_waits``.
    """
    params = {"batch": batch.pk, "chunk": chunk, "submitter": batch.submitter_id}
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, params)
        numbers = [number for (number,) in cursor.fetchall()]
    if not numbers:
        return 0
    _lock(numbers)
    made = 0
    while ready := _ready(numbers, batch):
        made += _apply(ready, batch, chunk)
    _tell_of_waiting(batch, chunk)
    return made


def _lock(numbers: Iterable[str]) -> None:
    slots = {blake2b(number.encode(), digest_size=1).digest()[0] % _LOCKS for number in numbers}
    with connection.cursor() as cursor:
        for slot in sorted(slots):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, slot])


def _ready(numbers: Sequence[str], batch: IntakeBatch) -> dict[int, int]:
    """Amendments and the stored versions that they change, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_READY, [list(numbers), batch.submitter_id])
        return dict(cursor.fetchall())


def _apply(ready: Mapping[int, int], batch: IntakeBatch, chunk: int) -> int:
    """Turn these amendments into versions, or into issues of the file that they came in."""
    bases = records_of(sorted(set(ready.values())))
    waiting = WaitingAmendment.objects.filter(pk__in=ready).select_related("batch").order_by("pk")
    places: dict[int, list[ParsedDeclaration]] = defaultdict(list)
    owners: dict[int, WaitingAmendment] = {}
    for row in waiting:
        owners.setdefault(row.batch_id, row)
        places[row.batch_id].append(_place(row, bases[ready[row.pk]]))
    made = 0
    for batch_id, group in places.items():
        counts = store_records(batch=batch, chunk=chunk, places=group, owner=owners[batch_id].batch)
        made += counts["declaration"]
    _untell(waiting)
    WaitingAmendment.objects.filter(pk__in=ready).delete()
    return made


def _place(row: WaitingAmendment, base: DeclarationRecord) -> ParsedDeclaration:
    try:
        return ParsedDeclaration(
            line=row.line, declaration=amended(base, _decode(bytes(row.content)))
        )
    except InvalidValue as fault:
        issue = Issue(
            code=fault.code,
            line=row.line,
            field="items",
            value=str(fault.params["value"]),
            allowed=str(fault.params["allowed"]),
            registration_number=row.registration_number,
        )
        return ParsedDeclaration(line=row.line, issues=(issue,), raw=row.raw)


def _tell_of_waiting(batch: IntakeBatch, chunk: int) -> None:
    """Say once in the receipt that these amendments are kept and what they wait for."""
    waiting = WaitingAmendment.objects.filter(batch=batch, chunk=chunk, is_told=False)
    rows = list(waiting.select_related("batch"))
    if not rows:
        return
    _tell(rows, WAITS, WARN)
    WaitingAmendment.objects.filter(pk__in=[row.pk for row in rows]).update(is_told=True)


def lapse_amendments(*, before: datetime) -> Counter[str]:
    """End the waiting of amendments that came before this moment; counts them by submitter.

    In the receipt each of them becomes a rejected one (``amendment_lapsed``) with its source:
    the version that it changes never came from its submitter. Not in a transaction of the
    caller's; one that is taken up by its version meanwhile is left alone.
    """
    ended: Counter[str] = Counter()
    while due := list(_due(before)[:_LAPSED_AT_ONCE]):
        with transaction.atomic():
            _lock(number for _, number in due)
            rows = list(
                WaitingAmendment.objects.filter(pk__in=[pk for pk, _ in due])
                .select_related("batch", "submitter")
                .order_by("pk")
            )
            _untell(rows)
            _tell(rows, LAPSED, REJECT)
            for batch_id, count in Counter(row.batch_id for row in rows).items():
                batches = IntakeBatch.objects.filter(pk=batch_id)
                batches.update(rejected_count=F("rejected_count") + count)
            WaitingAmendment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        ended.update(row.submitter.key for row in rows)
    return ended


def _due(before: datetime) -> QuerySet[WaitingAmendment, tuple[int, str]]:
    """Only of batches that are done: of the others nobody knows yet what they bring."""
    waiting = WaitingAmendment.objects.filter(
        batch__received_at__lt=before, batch__finished_at__isnull=False
    )
    return waiting.order_by("pk").values_list("pk", "registration_number")


def _tell(rows: Sequence[WaitingAmendment], code: str, severity: str) -> None:
    """Put an issue with the version that they wait for into the receipts of these amendments."""
    of_chunks: dict[tuple[int, int], list[WaitingAmendment]] = defaultdict(list)
    for row in rows:
        of_chunks[row.batch_id, row.chunk].append(row)
    for (_, chunk), group in of_chunks.items():
        batch = group[0].batch
        places = [(ParsedDeclaration(line=row.line), _told(row, code, severity)) for row in group]
        copy_issues(batch, chunk, places)
        batches = IntakeBatch.objects.filter(pk=batch.pk)
        batches.update(issue_count=F("issue_count") + len(group))


def _told(row: WaitingAmendment, code: str, severity: str) -> Issue:
    return Issue(
        code=code,
        severity=severity,
        line=row.line,
        field="version",
        value=str(row.version),
        allowed=f"version {row.version - 1}",
        registration_number=row.registration_number,
        raw=row.raw if severity == REJECT else "",
    )


def _untell(rows: Iterable[WaitingAmendment]) -> None:
    """Take back that they wait: the receipt is then what it would be in any other order."""
    for row in rows:
        if not row.is_told:
            continue
        removed, _ = IntakeIssue.objects.filter(
            batch=row.batch_id,
            code=WAITS,
            line=row.line,
            registration_number=row.registration_number,
        ).delete()
        IntakeBatch.objects.filter(pk=row.batch_id).update(issue_count=F("issue_count") - removed)
