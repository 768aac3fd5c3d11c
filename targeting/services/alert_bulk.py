"""One move on many alerts, each by itself: what is refused of one stops no other."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from targeting.domain.lifecycle import Move
from targeting.models import Alert, User
from targeting.selectors.alerts import list_alerts
from targeting.selectors.scope import Scope
from targeting.services.alert_acts import Said, move_alert
from targeting.services.bulk import Done, do_each


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
) -> dict[int, Done]:
    """The move on each alert of the scope whose id is in ``marks``, with its mark as for
    :func:`~targeting.services.alert_acts.move_alert`; by id, without those that nobody sees.
    """
    alerts = {one.pk: one for one in list_alerts(scope).filter(pk__in=marks).order_by("pk")}

    def move_one(alert: Alert) -> Alert:
        return move_alert(
            alert=alert,
            move=move,
            by=by,
            now=now,
            hold=hold,
            mark=marks[alert.pk],
            said=said,
            request_key=request_key,
        )

    return do_each(alerts, move_one)
