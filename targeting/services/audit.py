"""Writing the audit: events as they happen, seals behind them."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from targeting.domain.audit import FIRST_PREVIOUS, Action, Run, Seal, StoredEvent, seal_event
from targeting.models import AuditEvent, AuditSeal
from targeting.selectors.audit import stored_event

# Any number that no other advisory lock of the database uses: only one sealer runs.
SEALER_LOCK = 7_302_614_981
_CHUNK = 2000


def record_action(action: Action) -> AuditEvent:
    """Insert the event in the caller's transaction: it is there if what it tells of is.

    Raises what the database raises; the caller lets it pass, so that nothing is answered
    which is not recorded.
    """
    return AuditEvent.objects.create(**asdict(action))


def seal_events(*, now: datetime) -> tuple[int, AuditSeal | None]:
    """Seal every event whose transaction is over; how many, and the head of the chain.

    Holds an advisory lock; while another sealer holds it, nothing is done. One
    transaction of its own. An event whose transaction, or any older one, is still open
    waits for the next run, so that nothing may appear later below the run's horizon.
    """
    with transaction.atomic(durable=True):
        if not _locked():
            return 0, None
        head = _head()
        # Read before the events: what was over then is visible to the statements after.
        horizon, next_xid = _horizon()
        waiting = _waiting(head, horizon, next_xid)
        if not waiting.exists():
            return 0, head
        run = Run(horizon=horizon, xid_limit=_own_xid(), sealed_at=now)
        return _append(head, run, map(stored_event, waiting.iterator(chunk_size=_CHUNK)))


def _append(
    head: AuditSeal | None, run: Run, events: Iterator[StoredEvent]
) -> tuple[int, AuditSeal | None]:
    count = 0
    while chunk := list(islice(events, _CHUNK)):
        rows: list[AuditSeal] = []
        for event in chunk:
            seal = seal_event(
                previous=bytes(head.digest) if head else FIRST_PREVIOUS,
                position=head.position + 1 if head else 1,
                event=event,
                run=run,
            )
            head = _row(seal)
            rows.append(head)
        AuditSeal.objects.bulk_create(rows)
        count += len(rows)
    return count, head


def _row(seal: Seal) -> AuditSeal:
    return AuditSeal(
        position=seal.position,
        event_id=seal.event_id,
        event_digest=seal.event_digest,
        digest=seal.digest,
        **asdict(seal.run),
    )


def _waiting(head: AuditSeal | None, horizon: int, next_xid: int) -> QuerySet[AuditEvent]:
    """Unsealed events in the order of their ids.

    All below the last run's horizon are sealed, so the index on ``xid`` finds the rest. A
    transaction number that this cluster has not reached, on an event or on the head, came
    with a restored database: then every event is looked at once.
    """
    unsealed = AuditEvent.objects.filter(
        ~Exists(AuditSeal.objects.filter(event_id=OuterRef("id")))
    ).order_by("id")
    if head and head.xid_limit < next_xid:
        return unsealed.filter(xid__gte=head.horizon, xid__lt=horizon)
    return unsealed.filter(Q(xid__lt=horizon) | Q(xid__gte=next_xid))


def _head() -> AuditSeal | None:
    return AuditSeal.objects.order_by("-position").first()


def _locked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return bool(cursor.fetchone()[0])


def _horizon() -> tuple[int, int]:
    """The oldest open transaction that may yet show an event, and the first not ended.

    Transactions of other databases of the cluster count too in PostgreSQL's numbers;
    those whose lock tells that they are elsewhere are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH seen AS MATERIALIZED (SELECT pg_current_snapshot() AS s)
            SELECT coalesce(
                     (SELECT min(open::text::bigint) FROM pg_snapshot_xip(s) AS open
                      WHERE NOT EXISTS (
                        SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
                        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock'
                          AND l.transactionid = open::xid AND a.datname <> current_database())),
                     pg_snapshot_xmax(s)::text::bigint),
                   pg_snapshot_xmax(s)::text::bigint
            FROM seen
            """
        )
        horizon, next_xid = cursor.fetchone()
        return horizon, next_xid


def _own_xid() -> int:
    """Drawn after the horizon was read, so it is above every transaction begun before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])
