"""Substances: one record each in all lists, with names and identifiers."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper

from risk.models.choices import IdentifierKind
from shipments.models.history import with_history


@with_history(exclude=["of_draft"])
class Substance(models.Model):
    """One thing under all its names. ``changed_at`` is when an editor last changed it, a name
    or an identifier of it; what loads add bears its own ``added_at``. ``of_draft`` is the draft or
    proposal that brings it: it goes when that is dropped."""

    key = models.SlugField(max_length=120, unique=True)
    preferred_name = models.TextField()
    changed_at = models.DateTimeField(db_default=Now())
    of_draft = models.ForeignKey(
        "ListEdition", on_delete=models.SET_NULL, null=True, blank=True, related_name="brings"
    )

    def __str__(self) -> str:
        return self.preferred_name


@with_history()
class SubstanceName(models.Model):
    """One name in one language, with where it comes from and how it was checked."""

    substance = models.ForeignKey(Substance, on_delete=models.CASCADE, related_name="names")
    name = models.TextField()
    lang = models.TextField()
    kind = models.TextField()
    source = models.TextField(blank=True)
    verification = models.TextField(blank=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["substance", "lang", "name"], name="substance_name_once"
            ),
        ]
        indexes = [
            # As ``icontains`` asks.
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"), name="substance_name_upper_trigram"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.lang})"


@with_history()
class SubstanceIdentifier(models.Model):
    """An identifier of one form of the substance (base, salt, hydrate, isomer …).

    One that an editor gave is ``is_by_hand``: goods are matched by it, as they are by those of
    entries that are law. ``acknowledged`` is what contradicts a reference or another substance
    and was kept, as in :class:`risk.models.ListEntry`.
    """

    substance = models.ForeignKey(Substance, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.TextField(choices=IdentifierKind.choices)
    value = models.TextField()
    form_name = models.TextField(blank=True)
    acknowledged = models.JSONField(default=list, blank=True)
    is_by_hand = models.BooleanField(default=False, db_default=False)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["substance", "kind", "value"], name="substance_identifier_once"
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="substance_identifier_value")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
