"""Versions of the risk profile from draft to use, and what a version would have selected."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from risk.models.choices import ProfileState
from risk.models.four_eyes import FourEyes, second_person
from shipments.models import Job
from shipments.models.history import with_history


@with_history()
class RiskProfile(FourEyes):
    """One version of weights and thresholds; ``content`` is what the profile file holds.

    A version is a draft, a proposal, or approved; a file that an operator loaded
    (``loaded_from``) carries the approval of whoever installed it. A draft's ``revision`` grows
    with every change, so that who edits an older one is told; ``authors`` are the accounts of all
    who changed it, ``author_persons`` the persons behind them. ``activated_at`` is when it came
    into use, None while it waits for ``valid_from``. Once approved, a trigger keeps everything
    but its use from change.
    """

    code = models.TextField()
    version = models.PositiveIntegerField()
    state = models.TextField(choices=ProfileState.choices, default=ProfileState.DRAFT)
    content = models.JSONField()
    digest = models.TextField()
    valid_from = models.DateField()
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    authors = ArrayField(models.TextField(), default=list)
    author_persons = ArrayField(models.TextField(), default=list)
    change_note = models.TextField(blank=True)
    loaded_from = models.TextField(blank=True)
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    proposed_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="risk_profile_once"),
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="risk_profile_one_active"
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state__in=[ProfileState.DRAFT, ProfileState.PROPOSED]),
                name="risk_profile_one_open",
            ),
            second_person("risk_profile_four_eyes"),
            models.CheckConstraint(
                condition=Q(approved_by="")
                | ~Q(authors__contains=[F("approved_by")])
                & ~Q(author_persons__contains=[F("approved_person")]),
                name="risk_profile_author_not_approver",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProfileState.APPROVED) | ~Q(approved_by="") | ~Q(loaded_from=""),
                name="risk_profile_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(state=ProfileState.APPROVED),
                name="risk_profile_used_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ProfileSimulation(models.Model):
    """What a version would have made of stored declarations: their kept facts, replayed.

    ``content`` is what was simulated, of the draft's ``revision``; ``compared_with`` the version
    that was in use then. Declarations accepted from ``since`` to ``until`` in the office's days,
    both included, are replayed, one day a chunk, under the limits of offices that hold on
    ``plan_day`` (without it under none). ``result`` is put together at the end
    (risk/domain/replays.py).
    """

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="profile_simulation")
    profile = models.ForeignKey(RiskProfile, on_delete=models.CASCADE, related_name="simulations")
    revision = models.PositiveIntegerField()
    content = models.JSONField()
    compared_with = models.ForeignKey(RiskProfile, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    plan_day = models.DateField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="profile_simulation_period_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"simulation of {self.profile_id}, {self.since} to {self.until}"

    @property
    def is_current(self) -> bool:
        """Whether the version still is as it was simulated."""
        return self.revision == self.profile.revision


class SimulatedLoad(models.Model):
    """What the lanes of a simulation mean for one office on one of its days.

    Each count is of declarations under the version simulated; ``…_before`` under the one in use.
    """

    simulation = models.ForeignKey(
        ProfileSimulation, on_delete=models.CASCADE, related_name="loads", db_index=False
    )
    customs_office = models.TextField(blank=True)
    day = models.DateField()
    declarations = models.PositiveIntegerField()
    red = models.PositiveIntegerField()
    yellow = models.PositiveIntegerField()
    blue = models.PositiveIntegerField()
    random_arm = models.PositiveIntegerField()
    topped_up = models.PositiveIntegerField(default=0)
    over_capacity = models.PositiveIntegerField(default=0)
    red_before = models.PositiveIntegerField()
    yellow_before = models.PositiveIntegerField()
    blue_before = models.PositiveIntegerField()
    topped_up_before = models.PositiveIntegerField(default=0)
    over_capacity_before = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["simulation", "day", "customs_office"], name="simulated_load_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.simulation_id}: {self.customs_office} on {self.day}"
