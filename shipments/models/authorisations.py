"""What an authority allows to whom, and what declarations have drawn on it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shipments.domain.authorisations import AuthorisationKind, AuthorisationState
from shipments.domain.masses import Basis
from shipments.models.choices import (
    AUTHORISATION_KINDS,
    AUTHORISATION_STATES,
    BASES,
    DIRECTIONS,
)
from shipments.models.declarations import Declaration, GoodsItem
from shipments.models.history import with_history
from shipments.models.parties import Party


def _mass() -> models.DecimalField:
    return models.DecimalField(max_digits=24, decimal_places=6)


@with_history()
class Authorisation(models.Model):
    """A licence, registration or permit, as in :mod:`shipments.domain.authorisations`.

    The row is what holds now; every amendment counts ``version`` up and the history keeps what
    was before. ``suspended_from`` and ``revoked_from`` are the first days without it.
    Revoking takes two people.
    """

    authority = models.TextField()
    number = models.TextField()
    number_key = models.TextField()
    version = models.PositiveIntegerField(default=1)
    content_digest = models.BinaryField(max_length=16)
    kind = models.TextField(choices=AUTHORISATION_KINDS)
    state = models.TextField(
        choices=AUTHORISATION_STATES, default=AuthorisationState.IN_FORCE.value
    )
    holder = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="authorisations", db_index=False
    )
    direction = models.TextField(choices=DIRECTIONS, blank=True)
    issued_on = models.DateField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    border_office = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    end_use = models.TextField(blank=True)
    is_single_consignment = models.BooleanField(default=False)
    registered_by = models.TextField()
    registered_at = models.DateTimeField()
    amended_by = models.TextField(blank=True)
    amended_at = models.DateTimeField(null=True)
    suspended_from = models.DateField(null=True)
    suspended_by = models.TextField(blank=True)
    suspension_reason = models.TextField(blank=True)
    revoked_from = models.DateField(null=True)
    revocation_reason = models.TextField(blank=True)
    revocation_proposed_by = models.TextField(blank=True)
    revocation_proposed_person = models.TextField(blank=True)
    revocation_proposed_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(blank=True)
    revoked_person = models.TextField(blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "number_key"], name="authorisation_once"),
            models.CheckConstraint(
                condition=~Q(authority="") & ~Q(number_key=""), name="authorisation_named"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authorisation_days",
            ),
            models.CheckConstraint(
                condition=~Q(state=AuthorisationState.SUSPENDED.value)
                | (Q(suspended_from__isnull=False) & ~Q(suspension_reason="")),
                name="authorisation_suspended",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by="", revoked_person="")
                & ~Q(state=AuthorisationState.REVOKED.value)
                | (
                    Q(state=AuthorisationState.REVOKED.value, revoked_from__isnull=False)
                    & Q(revoked_by__gt="", revoked_person__gt="", revocation_proposed_person__gt="")
                    & ~Q(revoked_person=F("revocation_proposed_person"))
                    & ~Q(revoked_by=F("revocation_proposed_by"))
                ),
                name="authorisation_revoked_by_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["number_key"], name="authorisation_by_number"),
            models.Index(fields=["kind"], name="authorisation_by_kind"),
            models.Index(fields=["holder", "valid_from"], name="authorisation_by_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.number}"

    def get_kind(self) -> AuthorisationKind:
        """The kind as the domain knows it."""
        return AuthorisationKind(self.kind)


@with_history()
class AuthorisationLine(models.Model):
    """One substance of an authorisation; ``granted_kg`` is ``amount`` in kilograms on ``basis``.

    ``substance_key`` is that of a substance of the lists, which stand a layer above.
    """

    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    line_number = models.PositiveIntegerField()
    substance_key = models.TextField()
    amount = _mass()
    unit = models.TextField()
    basis = models.TextField(choices=BASES, default=Basis.NET.value)
    granted_kg = _mass()
    solution_pct = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    density_kg_per_l = models.DecimalField(max_digits=12, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation", "line_number"], name="authorisation_line_once"
            ),
            models.CheckConstraint(condition=Q(granted_kg__gt=0), name="authorisation_line_amount"),
            models.CheckConstraint(
                condition=~Q(basis=Basis.SOLUTION.value) | Q(solution_pct__isnull=False),
                name="authorisation_line_solution",
            ),
        ]
        indexes = [models.Index(fields=["substance_key"], name="authorisation_line_substance")]

    def __str__(self) -> str:
        return f"{self.authorisation_id}/{self.line_number}"


class Drawdown(models.Model):
    """What a goods item drew on a line, or gave back: rows are added, never changed.

    ``mass_kg`` is on the line's basis, below zero for what ``reverses`` gives back: exactly
    what that one drew. ``grounds`` are the figures by which the mass was converted
    (:class:`shipments.domain.masses.Mass`). The ledger outlives declarations that are deleted
    for their age. Rows of one line have ids in the order in which
    they were committed, because they are written under its lock.
    """

    line = models.ForeignKey(AuthorisationLine, on_delete=models.PROTECT, related_name="drawdowns")
    declaration = models.ForeignKey(
        Declaration,
        models.DO_NOTHING,
        related_name="drawdowns",
        db_constraint=False,
        db_index=False,
    )
    goods_item = models.ForeignKey(
        GoodsItem, models.DO_NOTHING, related_name="drawdowns", db_constraint=False
    )
    registration_number = models.TextField()
    item_number = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    mass_kg = _mass()
    grounds = models.JSONField(default=list)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    recorded_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, mass_kg__gte=0)
                | Q(reverses__isnull=False, mass_kg__lte=0),
                name="drawdown_sign",
            ),
        ]
        indexes = [
            models.Index(fields=["registration_number"], name="drawdown_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number}/{self.item_number}: {self.mass_kg} kg"
