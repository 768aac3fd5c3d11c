"""Which goods items came under which permit though no document says so: two people decide."""

from django.db import models
from django.db.models import Q

from risk.models.choices import DecisionState
from risk.models.four_eyes import FourEyes, second_person
from shipments.models import AuthorisationLine, Declaration
from shipments.models.history import with_history


@with_history()
class PermitMatch(FourEyes):
    """An item came under the line of a permit: proposed by one person, approved by another.

    It holds for whatever version of the declaration is the latest, as long as the item names
    the line's substance; then the item draws on the line. It never changes; withdrawn, the item
    gives back what it drew. ``declaration`` is the version that the proposer saw.
    """

    line = models.ForeignKey(AuthorisationLine, on_delete=models.PROTECT, related_name="matches")
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="permit_matches"
    )
    registration_number = models.TextField()
    item_number = models.PositiveIntegerField()
    reason = models.TextField()
    state = models.TextField(choices=DecisionState.choices, default=DecisionState.PROPOSED)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "permit matches"
        constraints = [
            second_person("permit_match_four_eyes"),
            models.UniqueConstraint(
                fields=["registration_number", "item_number", "line"],
                condition=~Q(state=DecisionState.WITHDRAWN),
                name="permit_match_once",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(proposed_by=""), name="permit_match_reasoned"
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.ACTIVE) | ~Q(approved_by=""),
                name="permit_match_active_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.WITHDRAWN)
                | (~Q(withdrawn_by="") & ~Q(withdrawal_reason="")),
                name="permit_match_withdrawn_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number}/{self.item_number} under line {self.line_id}"
