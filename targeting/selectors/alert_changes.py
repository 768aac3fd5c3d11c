"""What changed in the queue since somebody looked, by transactions: nothing is passed by."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import connection

from targeting.domain.alert_events import MOST_EVENTS, AlertChange, AlertChanges, is_cursor
from targeting.domain.policy import CASE_READERS, allows
from targeting.models import User
from targeting.selectors.scope import offices_of, scope_of

# Not ids and not times: both are drawn before the commit, so a cursor over them would pass by what
# commits late. New is what the present snapshot sees and that of the cursor did not. A transaction
# that is yet to come stands in the rows of a database that was restored elsewhere.
_CHANGES = """
    SELECT now.snapshot::text, alert.id, alert.raised_at = alert.updated_at, alert.customs_office
    FROM (SELECT pg_current_snapshot() AS snapshot) AS now
    LEFT JOIN LATERAL (
      SELECT a.id, a.raised_at, a.updated_at, a.customs_office
      FROM targeting_alert AS a
      WHERE a.changed_in >= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint
        AND a.changed_in < pg_snapshot_xmax(now.snapshot)::text::bigint
        AND NOT pg_visible_in_snapshot(a.changed_in::text::xid8, %(since)s::pg_snapshot)
      ORDER BY a.changed_in, a.id
      LIMIT %(most)s) AS alert ON true
    WHERE pg_snapshot_xmax(%(since)s::pg_snapshot) <= pg_snapshot_xmax(now.snapshot)
"""


def current_cursor() -> str:
    """From here on: what is committed by now is not told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def is_known_cursor(text: str) -> bool:
    """Whether the database reads it as a snapshot, of whatever time."""
    if not is_cursor(text):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_input_is_valid(%s, 'pg_snapshot')", [text])
        return bool(cursor.fetchone()[0])


def alert_changes(*, since: str) -> AlertChanges:
    """Alerts of every office that were raised or changed since the cursor, in the order of their
    transactions; not complete when there are too many, or the cursor is of another database.
    One query, which reads what changed since the oldest transaction of the cursor.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, {"since": since, "most": MOST_EVENTS + 1})
        rows = cursor.fetchall()
    if not rows or len(rows) > MOST_EVENTS:
        return AlertChanges((), rows[0][0] if rows else current_cursor(), False)
    changes = tuple(AlertChange(*row[1:]) for row in rows if row[1] is not None)
    return AlertChanges(changes, rows[0][0], True)


def offices_seen(user: User) -> frozenset[str] | None:
    """Codes of the offices whose alerts the account sees now; None: every one."""
    offices = offices_of(scope_of(user))
    return None if offices is None else frozenset(offices)


def readers_now(
    sessions: Iterable[tuple[int, str]], *, now: datetime
) -> dict[tuple[int, str], frozenset[str] | None]:
    """Of these pairs of account and session, those that may read the queue still, with the
    offices whose alerts they see. Two queries, and one for each who sees an agency."""
    asked = list(sessions)
    users = User.objects.filter(pk__in={pk for pk, _ in asked}, is_active=True)
    known = {user.pk: user for user in users if allows(user.grants, CASE_READERS)}
    alive = set(
        Session.objects.filter(
            session_key__in={key for _, key in asked}, expire_date__gt=now
        ).values_list("session_key", flat=True)
    )
    return {(pk, key): offices_seen(known[pk]) for pk, key in asked if pk in known and key in alive}
