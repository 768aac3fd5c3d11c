"""By which keys parties are found that may be one trader."""

from django.db import models

from shipments.models import Party


class FoldedParty(models.Model):
    """A party whose blocking keys are stored, made by ``keys_version`` of them.

    ``seen_count`` is how many names and identifiers it had then: with more its keys are made
    again.
    """

    party = models.OneToOneField(
        Party, on_delete=models.CASCADE, primary_key=True, related_name="folded"
    )
    seen_count = models.PositiveIntegerField()
    keys_version = models.PositiveSmallIntegerField()

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
