"""One move on many alerts, each by itself: what is refused of one stops no other."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from shipments.domain.errors import TargetingError
from targeting.domain.lifecycle import Move
from targeting.models import Alert, User
from targeting.selectors.alerts import list_alerts
from targeting.selectors.scope import Scope
from targeting.services.alert_acts import Said, move_alert

MOST_AT_ONCE = 100


class Moved(NamedTuple):
    """The alert as it is after the move, or with what stood in the way."""

    alert: Alert
    fault: TargetingError | None = None


def move_each(
    *,
    marks: Mapping[int, str | None],
    scope: Scope,
    move: Move,
    by: User,
    now: datetime,
    hold: timedelta,
    said: Said,
    request_key: str = "",
) -> dict[int, Moved]:
    """The move on each alert of the scope whose id is in ``marks``, with its mark as for
    :func:`~targeting.services.alert_acts.move_alert`; by id, without those that nobody sees.

    Each is undone by itself (a savepoint of the request's transaction, which holds its audit event
    and the locks until its end: the caller bounds how many).
    """
    done = {}
    # In one order for all: whoever moves the same ones at the same time only waits.
    for alert in list_alerts(scope).filter(pk__in=marks).order_by("pk"):
        try:
            moved = move_alert(
                alert=alert,
                move=move,
                by=by,
                now=now,
                hold=hold,
                mark=marks[alert.pk],
                said=said,
                request_key=request_key,
            )
            done[alert.pk] = Moved(moved)
        except TargetingError as fault:
            done[alert.pk] = Moved(alert, fault)
    return done
