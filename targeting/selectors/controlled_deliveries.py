"""Controlled deliveries as a person named on them reads them; for others there are none."""

from django.db.models import Exists, OuterRef, QuerySet

from targeting.models import ControlledDelivery, User
from targeting.selectors.scope import Scope, in_scope


def controlled_deliveries(user: User, scope: Scope) -> QuerySet[ControlledDelivery]:
    """Those on which the account is named, of alerts still in its scope, the newest first."""
    own = ControlledDelivery.objects.filter(in_scope(scope, "alert__customs_office"), named=user)
    return own.select_related("alert").prefetch_related("named").order_by("-id")


def is_watched(user: User) -> Exists:
    """The condition on alerts that the account knows a controlled delivery to be running."""
    return Exists(
        ControlledDelivery.objects.filter(alert=OuterRef("pk"), named=user, ended_at=None)
    )


def running_marks(alert_ids: list[int], user: User) -> dict[int, ControlledDelivery]:
    """The newest running mark that the account knows of, by alert. One query."""
    marks = ControlledDelivery.objects.filter(alert__in=alert_ids, named=user, ended_at=None)
    return {mark.alert_id: mark for mark in marks.order_by("pk")}
