"""Reagent baskets: found by the system in what linked importers acquire, judged by analysts."""

from django.db import models
from django.db.models import Q

from risk.domain.network.basket_states import BasketState
from risk.models.choices import BASKET_MOVES, BASKET_STATES
from risk.models.substances import Substance
from shipments.models import Declaration, GoodsItem, Party


class ReagentBasket(models.Model):
    """What a linked group acquired of one family beyond its authorisations.

    ``score`` and ``signs`` (code, points, value) are those of the latest finding; days, counts
    and mass are of what no licence covers. ``follows`` is a dismissed basket of the family and of
    one of the importers, after which enough came again.
    """

    family = models.TextField()
    state = models.TextField(choices=BASKET_STATES, default=BasketState.OPEN.value)
    score = models.FloatField()
    signs = models.JSONField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    declaration_count = models.PositiveIntegerField()
    substance_count = models.PositiveIntegerField()
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6)
    found_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by"
    )

    class Meta:
        ordering = ["-score", "-id"]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="basket_state_score")]

    def __str__(self) -> str:
        return f"basket {self.pk}: {self.family}"


class BasketAcquisition(models.Model):
    """A goods item of the basket with what was found in it and who acquired it, the trader.

    ``is_covered`` and ``is_equipment`` are shown beside the rest and counted in no mass.
    """

    basket = models.ForeignKey(
        ReagentBasket, on_delete=models.CASCADE, related_name="acquisitions", db_index=False
    )
    goods_item = models.ForeignKey(GoodsItem, on_delete=models.CASCADE, related_name="+")
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="basket_acquisitions"
    )
    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="basket_acquisitions")
    accepted_at = models.DateTimeField()
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6)
    is_covered = models.BooleanField()
    is_equipment = models.BooleanField()

    class Meta:
        ordering = ["accepted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["basket", "goods_item"], name="basket_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.basket_id}: {self.goods_item_id}"


class BasketAct(models.Model):
    """What a person did with a basket, and why."""

    basket = models.ForeignKey(ReagentBasket, on_delete=models.CASCADE, related_name="acts")
    move = models.TextField(choices=BASKET_MOVES)
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(by=""), name="basket_act_reasoned")
        ]

    def __str__(self) -> str:
        return f"{self.basket_id}: {self.move}"
