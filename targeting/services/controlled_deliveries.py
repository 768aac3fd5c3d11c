"""Controlled deliveries: marked by a senior analyst, known to those named, ended by one of them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from shipments.domain.errors import InvalidValue
from targeting.domain.policy import CASE_WORKERS, allows
from targeting.models import Alert, ControlledDelivery, User
from targeting.selectors.scope import in_scope, scope_of

_ALLOWED = "accounts of analysts who see the alert"


@transaction.atomic
def mark_controlled_delivery(
    *, alert: Alert, named: Iterable[str], ground: str, by: User, now: datetime
) -> ControlledDelivery:
    """The mark, known to the accounts ``named`` and to ``by``.

    Raises InvalidValue ``named_unknown`` for who is no analyst with the alert in scope: a mark
    must not open what a scope closes.
    """
    people = {user.username: user for user in User.objects.filter(username__in=set(named))}
    people[by.username] = by
    for name in sorted({*named, by.username}):
        if name not in people or not _may_know(people[name], alert):
            raise InvalidValue("named_unknown", field="named", value=name, allowed=_ALLOWED)
    mark = ControlledDelivery.objects.create(
        alert=alert, ground=ground, marked_by=by.actor, marked_at=now
    )
    mark.named.set(people.values())
    return mark


@transaction.atomic
def end_controlled_delivery(
    *, mark: ControlledDelivery, by: User, now: datetime
) -> ControlledDelivery:
    """End the watch; who was first to end it stays."""
    row = ControlledDelivery.objects.select_for_update().get(pk=mark.pk)
    if row.ended_at is None:
        row.ended_by, row.ended_at = by.actor, now
        row.save(update_fields=["ended_by", "ended_at"])
    return row


def _may_know(user: User, alert: Alert) -> bool:
    in_sight = Alert.objects.filter(in_scope(scope_of(user)), pk=alert.pk)
    return allows(user.grants, CASE_WORKERS) and in_sight.exists()
