"""Parties, the names and identifiers they were seen with, and their roles."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from shipments.models.choices import IDENTIFIER_KINDS, PARTY_ROLES
from shipments.models.declarations import Declaration


class Party(models.Model):
    """One trader, broker or carrier.

    ``key`` is the natural key by which it is resolved: ``bin:…``, ``iin:…`` or
    ``tax_id:<country>:…`` when such a number was declared, else
    ``name:<country>:<normalised name>``.
    """

    key = models.TextField(unique=True)
    name = models.TextField()
    country = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "parties"
        indexes = [
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="party_trigram"),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class PartyName(models.Model):
    """A spelling under which the party was declared."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="names", db_index=False)
    name = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "name"], name="party_name_once")]
        indexes = [
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="party_name_trigram"),
        ]

    def __str__(self) -> str:
        return self.name


class PartyIdentifier(models.Model):
    """An identifier seen with the party. Parties may share one: that is a link."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="identifiers", db_index=False
    )
    kind = models.TextField(choices=IDENTIFIER_KINDS)
    value = models.TextField()
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "kind", "value"], name="party_identifier_once"
            ),
        ]
        indexes = [models.Index(fields=["kind", "value", "party"], name="party_identifier_holder")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class PartyRole(models.Model):
    """A party as declared in one role; ``party`` is empty until the link stage resolves it."""

    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="party_roles", db_index=False
    )
    position = models.PositiveIntegerField()
    role = models.TextField(choices=PARTY_ROLES)
    name = models.TextField(blank=True)
    country = models.TextField(blank=True)
    address = models.TextField(blank=True)
    identifiers = models.JSONField(default=list)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="roles")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["declaration", "position"], name="party_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.name}"
