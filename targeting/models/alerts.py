"""Flagged shipments, and what people did with them."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from risk.models import RiskAssessment
from risk.models.choices import LaneChoice
from shipments.models import Declaration
from targeting.models.choices import ALERT_MOVES, DISMISSALS, AlertState
from targeting.models.users import User


class Alert(models.Model):
    """The one open alert of a declaration; an amendment moves it to the new version.

    ``lane``, ``score``, ``customs_office`` and ``accepted_at`` repeat the assessment and
    the declaration, because the queue filters and orders by them. ``is_random_arm`` means
    that the random draw alone raised it: no match is flagged, no criterion was met.
    ``is_cancelled`` means that the declarant cancelled the declaration behind it,
    ``is_retroactive`` that its assessment is by law that came after the declaration.
    Until ``due_at`` somebody is to have decided; null where its lane has no time set.

    ``assignee`` holds it until ``assigned_until``; then it is anybody's again. ``proposal`` is a
    dismissal that waits for a second person, of the assessment as it then was; ``covered_by`` one
    of another alert that stands for this one, too. A closed alert
    has a ``disposition``: why nothing more is done. ``changed_in`` is the transaction of the last
    change, whoever made it: by it the queue's readers are told.
    """

    registration_number = models.TextField()
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="alerts")
    assessment = models.ForeignKey(RiskAssessment, on_delete=models.PROTECT, related_name="alerts")
    state = models.TextField(choices=AlertState.choices, default=AlertState.OPEN)
    disposition = models.TextField(blank=True)
    lane = models.TextField(choices=LaneChoice.choices)
    score = models.DecimalField(max_digits=5, decimal_places=2)
    is_random_arm = models.BooleanField(default=False)
    is_cancelled = models.BooleanField(default=False)
    is_retroactive = models.BooleanField(default=False, db_default=False)
    customs_office = models.TextField(blank=True)
    accepted_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="assigned_alerts"
    )
    assigned_until = models.DateTimeField(null=True)
    covered_by = models.ForeignKey(
        "StandingDismissal", on_delete=models.PROTECT, null=True, related_name="covered"
    )
    proposal = models.OneToOneField(
        "AlertAct", on_delete=models.PROTECT, null=True, related_name="proposed_for"
    )
    changed_in = models.BigIntegerField(
        db_default=RawSQL("pg_current_xact_id()::text::bigint", ()), editable=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration_number"],
                condition=Q(state="open"),
                name="one_open_alert_per_declaration",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-score", "-id"], name="alert_queue"),
            models.Index(fields=["customs_office", "-score"], name="alert_by_office"),
            models.Index(fields=["-accepted_at", "-id"], name="alert_by_date"),
            models.Index(fields=["changed_in", "id"], name="alert_by_change"),
            models.Index(
                fields=["due_at", "id"], condition=Q(state="open"), name="alert_by_due_time"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="alert_changed_in",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="NEW.changed_in = pg_current_xact_id()::text::bigint; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration_number} {self.lane} {self.score}"


class AlertAct(models.Model):
    """One move of a person on an alert: a row of its timeline, never changed.

    ``reason`` is the coded one of a dismissal, ``assignee`` the account that an assignment is
    to. ``assessment`` is what the person saw. Under a ``request_key`` the person made it once.
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="acts")
    move = models.TextField(choices=ALERT_MOVES)
    reason = models.TextField(choices=DISMISSALS, blank=True)
    comment = models.TextField(blank=True)
    assignee = models.TextField(blank=True)
    assessment = models.ForeignKey(RiskAssessment, on_delete=models.PROTECT, related_name="+")
    actor = models.TextField()
    person = models.TextField(blank=True)
    acted_at = models.DateTimeField()
    request_key = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "actor", "request_key"],
                condition=~Q(request_key=""),
                name="alert_act_once_a_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move} by {self.actor}"
