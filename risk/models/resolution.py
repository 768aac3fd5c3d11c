"""By which keys parties are found that may be one trader."""

from django.db import models
from django.db.models import F, Q

from shipments.models import Party


class FoldedParty(models.Model):
    """A party whose blocking keys are stored, made by ``keys_version`` of them.

    ``seen_count`` is how many names and identifiers it had then: with more its keys are made
    again. ``compared_count`` is how many it had when it was compared with others; None: not yet.
    """

    party = models.OneToOneField(
        Party, on_delete=models.CASCADE, primary_key=True, related_name="folded"
    )
    seen_count = models.PositiveIntegerField()
    keys_version = models.PositiveSmallIntegerField()
    compared_count = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["party"],
                condition=Q(compared_count=None) | ~Q(compared_count=F("seen_count")),
                name="folded_party_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.seen_count}"


class PartyKey(models.Model):
    """One blocking key of a party (risk/domain/resolution/blocking.py)."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="blocking_keys", db_index=False
    )
    key = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="party_key_once")]
        indexes = [models.Index(fields=["key", "party"], name="party_key_value")]

    def __str__(self) -> str:
        return self.key
