"""What listed substances were declared as, under which code, and who says so."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from risk.domain.substances import CoverName as Cover
from risk.models.choices import CoverNameState
from risk.models.substances import Substance
from shipments.models.history import with_history


@with_history()
class CoverName(models.Model):
    """A name that hid the substance; see :class:`risk.domain.substances.CoverName`.

    ``source`` is where it was met (a seizure, a bulletin, an outcome). An active one matches;
    what it says never changes: a wrong one is withdrawn with a reason and another is added.
    ``activated_by`` is blank until somebody who keeps the lists took a proposal up.
    """

    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="cover_names")
    name = models.TextField()
    lang = models.TextField()
    commodity_code = models.TextField()
    source = models.TextField()
    state = models.TextField(choices=CoverNameState.choices, default=CoverNameState.PROPOSED)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    activated_by = models.TextField(blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "substance",
                Lower("name"),
                "commodity_code",
                condition=~Q(state=CoverNameState.WITHDRAWN),
                name="cover_name_once",
            ),
            models.CheckConstraint(
                condition=Q(commodity_code__regex=r"^[0-9]{4,12}$"), name="cover_name_code"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(name=""), name="cover_name_sourced"
            ),
            models.CheckConstraint(
                condition=~Q(state=CoverNameState.ACTIVE) | ~Q(activated_by=""),
                name="cover_name_active_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=CoverNameState.WITHDRAWN)
                | (~Q(withdrawn_by="") & ~Q(withdrawal_reason="")),
                name="cover_name_withdrawn_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.commodity_code})"

    def as_cover(self) -> Cover:
        """The row as the engine sees it; ``substance`` should be loaded with it."""
        return Cover(
            substance_key=self.substance.key,
            name=self.name,
            lang=self.lang,
            commodity_code=self.commodity_code,
        )
