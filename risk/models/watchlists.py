"""Identifiers under watch: leads of other authorities and systems."""

from django.db import models
from django.db.models import F, Q

from risk.domain.lead_sharing import Sharing
from risk.models.choices import LEAD_SHARING, WatchState
from risk.models.four_eyes import FourEyes, second_person
from shipments.models.choices import IDENTIFIER_KINDS
from shipments.models.history import with_history


@with_history()
class WatchlistEntry(FourEyes):
    """A number, phone, account, wallet, site, vehicle or address to look out for, and why.

    A lead links, it does not accuse. ``value`` has the spelling in which identifiers of parties
    are stored; ``source`` is who gave the lead, which few may see. It counts from ``valid_from``
    to ``valid_until`` (inclusive days of the office, without an end when None) once a second
    person approved it. ``sharing`` says who may know of it; what others see as well (facts and
    indicators, categories, proximities) is made without it. What it says never changes: a wrong
    one is withdrawn, another proposed.
    """

    kind = models.TextField(choices=IDENTIFIER_KINDS)
    value = models.TextField()
    reason = models.TextField()
    source = models.TextField()
    sharing = models.TextField(choices=LEAD_SHARING, default=Sharing.ANALYSTS.value)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    state = models.TextField(choices=WatchState.choices, default=WatchState.PROPOSED)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "value"], name="watchlist_entry_value")]
        constraints = [
            second_person("watchlist_entry_four_eyes"),
            models.UniqueConstraint(
                fields=["kind", "value", "source", "sharing"],
                condition=~Q(state=WatchState.WITHDRAWN),
                name="watchlist_entry_once",
            ),
            models.CheckConstraint(
                condition=~Q(value="") & ~Q(reason="") & ~Q(source="") & ~Q(proposed_by=""),
                name="watchlist_entry_sourced",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="watchlist_entry_period",
            ),
            models.CheckConstraint(
                condition=~Q(state=WatchState.ACTIVE) | ~Q(approved_by=""),
                name="watchlist_entry_active_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=WatchState.WITHDRAWN)
                | (~Q(withdrawn_by="") & ~Q(withdrawal_reason="")),
                name="watchlist_entry_withdrawn_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
