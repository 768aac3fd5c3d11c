"""Dismissals that stand: made with a dismissal, applied to what is raised, ended by a person."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction

from risk.domain.profile import Lane
from risk.selectors.office import office_day
from shipments.domain.errors import InvalidValue
from targeting.domain.dismissals import AlertCase, DismissalScope, why_it_returns
from targeting.models import Alert, AlertAct, StandingDismissal
from targeting.models.choices import AlertState
from targeting.selectors.standing_dismissals import cases_of, living

LONGEST_DAYS = 366


def stand(
    *, alert: Alert, act: AlertAct, scope: DismissalScope, until: date, now: datetime
) -> StandingDismissal:
    """Let the dismissal stand for repeats until the day. The caller holds the transaction.

    Raises InvalidValue in the red lane, for a day that is past or over a year away, and for a
    scope that needs an importer or flagged goods where there are none.
    """
    today = office_day(now)
    if alert.lane == Lane.RED:
        raise InvalidValue(field="scope", value=scope.value, allowed="none in the red lane")
    if not today <= until <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidValue(
            field="until", value=until.isoformat(), allowed=f"today to {LONGEST_DAYS} days on"
        )
    case = cases_of([alert])[alert.pk]
    if scope is DismissalScope.WORDING and not case.wordings:
        raise InvalidValue(field="scope", value=scope.value, allowed="where a text was flagged")
    if scope is not DismissalScope.WORDING and case.importer is None:
        raise InvalidValue(field="scope", value=scope.value, allowed="where an importer is known")
    return StandingDismissal.objects.create(
        alert=alert,
        act=act,
        scope=scope,
        customs_office=alert.customs_office,
        importer_id=case.importer,
        seen=msgspec.to_builtins(case),
        valid_until=until,
    )


def cover_repeats(*, registration_numbers: Sequence[str], now: datetime) -> int:
    """Mark the open alerts of these declarations that a standing dismissal covers, and unmark
    those that it does not any more; how many are covered. The caller holds the transaction.

    One query where nothing stands.
    """
    standing = StandingDismissal.objects.filter(living(office_day(now)))
    if not standing.exists():
        return 0
    open_ones = Alert.objects.filter(
        registration_number__in=registration_numbers, state=AlertState.OPEN
    ).select_related("assessment")
    alerts = list(open_ones)
    offices = {alert.customs_office for alert in alerts}
    at_office = list(standing.filter(customs_office__in=offices).order_by("pk"))
    cases = cases_of(alerts) if at_office else {}
    changed = []
    for alert in alerts:
        of_office = [one for one in at_office if one.customs_office == alert.customs_office]
        found = _covering(of_office, cases.get(alert.pk))
        if alert.covered_by_id != (found.pk if found else None):
            alert.covered_by = found
            changed.append(alert)
    Alert.objects.bulk_update(changed, ["covered_by"])
    return sum(alert.covered_by_id is not None for alert in alerts)


def _covering(
    standing: Sequence[StandingDismissal], case: AlertCase | None
) -> StandingDismissal | None:
    for one in standing if case else ():
        seen = msgspec.convert(one.seen, AlertCase)
        if case and why_it_returns(seen, DismissalScope(one.scope), case) is None:
            return one
    return None


@transaction.atomic
def end_standing(*, standing: StandingDismissal, actor: str, now: datetime) -> StandingDismissal:
    """What it covered is as all other alerts from now on; who ended it first stays."""
    row = StandingDismissal.objects.select_for_update().get(pk=standing.pk)
    if row.ended_at is None:
        row.ended_by, row.ended_at = actor, now
        row.save(update_fields=["ended_by", "ended_at"])
    return row
