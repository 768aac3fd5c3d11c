"""Distinct goods descriptions with the keys by which new law finds them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models


class TextKey(models.Model):
    """One distinct blocking key (risk/domain/matching/blocking.py).

    ``id`` is a hash of ``key``, so that who stores a text need not look it up.
    """

    id = models.BigIntegerField(primary_key=True)
    key = models.TextField()

    def __str__(self) -> str:
        return self.key


class GoodsText(models.Model):
    """One distinct (description, commodity code) of any goods item that was matched.

    ``digest`` is over both; ``keys`` are ids of :class:`TextKey`, made by ``keys_version`` of
    the blocking keys: 0, and none, until the text is indexed.
    """

    digest = models.BinaryField(max_length=16, unique=True)
    description = models.TextField(blank=True)
    commodity_code = models.TextField(blank=True)
    keys = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    keys_version = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="goods_text_by_key"),
            # Finds what is not indexed yet; nearly all texts are of one version.
            models.Index(fields=["keys_version", "id"], name="goods_text_by_version"),
            # For people who look for words. Filled with the keys, not while a text is read in.
            GinIndex(
                SearchVector("description", config="russian"),
                name="goods_text_by_word",
                condition=models.Q(keys_version__gt=0),
            ),
            GinIndex(
                OpClass("description", name="gin_trgm_ops"),
                name="goods_text_trigram",
                condition=models.Q(keys_version__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.description[:80]
