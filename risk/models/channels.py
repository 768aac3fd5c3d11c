"""Supply channels: proposed by the system from what recurs, judged by analysts."""

from django.db import models
from django.db.models import Q

from risk.domain.network.channel_states import ChannelLevel, ChannelState
from risk.models.choices import CHANNEL_LEVELS, CHANNEL_MOVES, CHANNEL_ROLES, CHANNEL_STATES
from risk.models.substances import Substance
from shipments.models import Declaration, Party


class Channel(models.Model):
    """A recurring way by which a group of importers gets a substance.

    ``score`` and ``signs`` (code, points, value) are those of the latest proposal; masses and
    days are of the suspect consignments. ``follows`` is a channel that was cut or dismissed, of
    which enough came again. ``joined_to`` is the channel that one pattern made it a part of: it
    keeps its consignments as they were, and the other has them, too. Rows of its acts say who
    moved it, and why.
    """

    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="channels")
    state = models.TextField(choices=CHANNEL_STATES, default=ChannelState.SUSPECTED.value)
    level = models.TextField(choices=CHANNEL_LEVELS, default=ChannelLevel.INTERNATIONAL.value)
    score = models.FloatField()
    signs = models.JSONField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    declaration_count = models.PositiveIntegerField()
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6)
    proposed_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by"
    )
    joined_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="joined", db_index=False
    )

    class Meta:
        ordering = ["-score", "-id"]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="channel_state_score")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="joined", joined_to__isnull=False)
                | (~Q(state="joined") & Q(joined_to=None)),
                name="channel_joined_to",
            )
        ]

    def __str__(self) -> str:
        return f"channel {self.pk}: {self.state}"


class ChannelMember(models.Model):
    """A party of the channel in one role, with the suspect consignments it had a part in."""

    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="channel_roles")
    role = models.TextField(choices=CHANNEL_ROLES)
    declaration_count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "party", "role"], name="channel_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.role} {self.party_id}"


class ChannelConsignment(models.Model):
    """A declaration of the channel; ``is_suspect`` when the substance was found in it, otherwise
    other goods of the same importers from the same suppliers."""

    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, related_name="consignments", db_index=False
    )
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="channel_consignments"
    )
    is_suspect = models.BooleanField()
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "declaration"], name="channel_consignment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.declaration_id}"


class ChannelAct(models.Model):
    """What a person did with a channel, and why."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="acts")
    move = models.TextField(choices=CHANNEL_MOVES)
    state = models.TextField(choices=CHANNEL_STATES)
    level = models.TextField(choices=CHANNEL_LEVELS)
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(by=""), name="channel_act_reasoned")
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.move}"
