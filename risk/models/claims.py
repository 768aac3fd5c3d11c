"""Goods items that name something controlled, and what was claimed of them and of others."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from shipments.models import GoodsItem, Party


class ClaimRecord(models.Model):
    """One row per item of a latest version that names something controlled, however much of it,
    or that claims to be exempted: what histories of claims look back on.

    ``substance_keys`` are what it names, by the lists of its day; ``kinds`` of ``claims`` are
    blank where nothing was claimed. Both are as :mod:`risk.domain.permits.claims` tells them. An
    amendment replaces the row of the version it supersedes.
    """

    goods_item = models.OneToOneField(
        GoodsItem, on_delete=models.CASCADE, related_name="claim_record"
    )
    registration_number = models.TextField()
    item_number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    importer = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    representative = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    hs6 = models.TextField(blank=True)
    substance_keys = ArrayField(models.TextField(), default=list)
    kinds = ArrayField(models.TextField(), default=list)
    claims = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration_number", "item_number"], name="claim_record_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["importer", "accepted_at", "registration_number", "item_number"],
                name="claim_record_importer",
            ),
            models.Index(
                fields=["representative", "accepted_at", "registration_number", "item_number"],
                condition=Q(representative__isnull=False),
                name="claim_record_representative",
            ),
            models.Index(
                fields=["accepted_at", "registration_number", "item_number"],
                name="claim_record_moment",
            ),
            GinIndex(fields=["kinds"], name="claim_record_kinds"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number}/{self.item_number}: {', '.join(self.kinds)}"
