"""Reading the audit: the chain with its events, and what is not sealed yet."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from targeting.domain.audit import Break, ChainCheck, Difference, Run, Seal, StoredEvent
from targeting.models import AuditEvent, AuditSeal
from targeting.selectors.scope import Scope, actor_in_scope

# Where the periodic check leaves its report.
CHAIN_REPORT = "audit-chain-report"

_EVENT_COLUMNS = [field.name for field in fields(StoredEvent)]
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the walk along the chain found.

    ``sealed`` and ``head`` count up to the first break, if there is one. ``is_protected``
    says that the role of this connection could not have changed the tables itself.
    """

    sealed: int
    head: bytes
    first_break: Break | None
    unsealed: int
    oldest_unsealed_at: datetime | None
    is_protected: bool


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What the last walk of the periodic check found; the fields are those of :class:`Verdict`."""

    checked_at: datetime
    sealed: int
    head: str
    unsealed: int
    oldest_unsealed_at: datetime | None
    first_break: Break | None
    is_protected: bool

    @property
    def holds(self) -> bool:
        return self.first_break is None


def list_events(scope: Scope) -> QuerySet[AuditEvent]:
    """Events of those whom an auditor of this scope watches, newest first, each with whether
    it is sealed (``is_sealed``)."""
    seals = AuditSeal.objects.filter(event_id=OuterRef("id"))
    events = AuditEvent.objects.filter(actor_in_scope(scope))
    return events.annotate(is_sealed=Exists(seals)).order_by("-id")


def get_chain_report() -> ChainReport | None:
    """What ``check_chain`` of :mod:`targeting.services.audit_alarm` found last; None before."""
    report: ChainReport | None = cache.get(CHAIN_REPORT)
    return report


def verify_chain(*, anchor: tuple[int, bytes] | None = None) -> Verdict:
    """Prove the chain from its first link; ``anchor`` is a position and digest kept elsewhere.

    A chain that was rebuilt as a whole, or cut at its end, is only found out by an anchor.
    Cost: reads both tables once; memory does not grow with the events.
    """
    check = ChainCheck()
    found: Break | None = None
    with transaction.atomic():
        for seal, event in _links():
            found = check.follow(seal, event)
            if not found and anchor and anchor[0] == seal.position and anchor[1] != seal.digest:
                found = Break(seal.position, seal.event_id, Difference.SEAL_CHANGED)
            if found:
                break
        if not found and anchor and anchor[0] > check.position:
            found = Break(check.position + 1, None, Difference.SEAL_MISSING)
        check.finish()
        count, oldest, inserted = _unsealed(check)
    return Verdict(
        sealed=check.position,
        head=check.head,
        first_break=found or inserted,
        unsealed=count,
        oldest_unsealed_at=oldest,
        is_protected=_is_protected(),
    )


def stored_event(event: AuditEvent) -> StoredEvent:
    return StoredEvent(**{name: getattr(event, name) for name in _EVENT_COLUMNS})


def _links() -> Iterator[tuple[Seal, StoredEvent | None]]:
    columns = ", ".join(f"e.{name}" for name in _EVENT_COLUMNS)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.position, s.event_id, s.event_digest, s.digest,
                   s.horizon, s.xid_limit, s.sealed_at, {columns}
            FROM targeting_auditseal AS s LEFT JOIN targeting_auditevent AS e ON e.id = s.event_id
            ORDER BY s.position
            """  # noqa: S608 - composed of the constants above
        )
        while rows := cursor.fetchmany(_CHUNK):
            for row in rows:
                yield _seal(row[:7]), _event(row[7:])


def _seal(row: tuple[Any, ...]) -> Seal:
    position, event_id, event_digest, digest, *run = row
    return Seal(position, event_id, bytes(event_digest), bytes(digest), Run(*run))


def _event(row: tuple[Any, ...]) -> StoredEvent | None:
    values = dict(zip(_EVENT_COLUMNS, row, strict=True))
    if values["id"] is None:
        return None
    values["terms"] = json.loads(values["terms"])  # a plain cursor gives the text
    return StoredEvent(**values)


def _unsealed(check: ChainCheck) -> tuple[int, datetime | None, Break | None]:
    """Count and oldest time of what waits for a seal; the first that cannot be waiting."""
    count, oldest, inserted = 0, None, None
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT e.id, e.xid, e.at, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            FROM targeting_auditevent AS e
            WHERE NOT EXISTS (SELECT FROM targeting_auditseal AS s WHERE s.event_id = e.id)
            ORDER BY e.id
            """
        )
        while rows := cursor.fetchmany(_CHUNK):
            for event_id, xid, at, next_xid in rows:
                count += 1
                oldest = at if oldest is None else min(oldest, at)
                inserted = inserted or check.judge_unsealed(
                    event_id=event_id, xid=xid, next_xid=next_xid
                )
    return count, oldest, inserted


def _is_protected() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT NOT bool_or(has_table_privilege(name, 'UPDATE, DELETE, TRUNCATE'))
            FROM (SELECT unnest(ARRAY['targeting_auditevent', 'targeting_auditseal'])
                  UNION ALL SELECT inhrelid::regclass::text FROM pg_inherits
                  WHERE inhparent = 'targeting_auditevent'::regclass) AS tables (name)
            """
        )
        return bool(cursor.fetchone()[0])
