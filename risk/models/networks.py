"""The importer network: links between parties and the trade that facts look back on."""

from django.db import models
from django.db.models import F, Q

from risk.models.choices import PartyLinkKind, PartyTieKind
from risk.models.substances import Substance
from shipments.models import Declaration, GoodsItem, Party


class TradeRecord(models.Model):
    """One narrow row per linked goods item: what facts of later declarations look back on.

    Kept apart from the goods item so that "earlier rows of the same HS6" and "earlier
    rows of this importer" are single index scans in (accepted_at, registration_number)
    order. An amendment replaces the row of the version it supersedes.
    """

    goods_item = models.OneToOneField(
        GoodsItem, on_delete=models.CASCADE, related_name="trade_record"
    )
    registration_number = models.TextField()
    item_number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    importer = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    consignor = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="+")
    hs6 = models.TextField(blank=True)
    net_mass_kg = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    unit_price = models.DecimalField(max_digits=24, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration_number", "item_number"], name="trade_record_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["hs6", "accepted_at", "registration_number", "unit_price"],
                condition=Q(unit_price__isnull=False),
                name="trade_record_prices",
            ),
            models.Index(
                fields=["importer", "accepted_at", "registration_number", "item_number"],
                include=["hs6", "net_mass_kg"],
                name="trade_record_history",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number}/{self.item_number}"


class PartyLink(models.Model):
    """An edge of the network, from the importer to whom it dealt with.

    ``declaration_count`` counts declarations, ``mass_kg`` sums their net mass.
    """

    source = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="links_out", db_index=False
    )
    target = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="links_in", db_index=False
    )
    kind = models.TextField(choices=PartyLinkKind.choices)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    declaration_count = models.PositiveIntegerField(default=0)
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="party_link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="party_link_between_two"),
        ]
        # With the other end: neighbours are counted, and the first of them read, from it alone.
        indexes = [models.Index(fields=["target", "source"], name="party_link_target")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class PartyTie(models.Model):
    """An edge of the network, from the importer to an office, vehicle or container.

    ``value`` is the office's code, the plate or the container's number in one spelling. Counts
    and masses as those of a link.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="ties", db_index=False)
    kind = models.TextField(choices=PartyTieKind.choices)
    value = models.TextField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    declaration_count = models.PositiveIntegerField(default=0)
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "value"], name="party_tie_once"),
        ]
        indexes = [models.Index(fields=["kind", "value", "party"], name="party_tie_value")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind} {self.value}"


class _SubstanceOfEdge(models.Model):
    """What came along an edge of one substance: ``declaration_count`` declarations in whose
    latest versions it was found, ``mass_kg`` of the goods items in which it was. No constraint
    looks at the count: what is given back is inserted below 0 where it meets the stored row."""

    substance = models.ForeignKey(
        Substance, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6)
    declaration_count = models.IntegerField()

    class Meta:
        abstract = True


class LinkSubstance(_SubstanceOfEdge):
    """Of a link between parties."""

    link = models.ForeignKey(
        PartyLink, on_delete=models.CASCADE, related_name="substances", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "substance"], name="link_substance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.mass_kg} kg"


class TieSubstance(_SubstanceOfEdge):
    """Of a link to an office, vehicle or container."""

    tie = models.ForeignKey(
        PartyTie, on_delete=models.CASCADE, related_name="substances", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tie", "substance"], name="tie_substance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tie_id}: {self.mass_kg} kg"


class WeighedSubstance(models.Model):
    """What a declaration's edges hold of it: so much of a substance. Given back when a later
    version, a cancellation or other matches make it something else."""

    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    substance = models.ForeignKey(
        Substance, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "substance"], name="weighed_substance_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id}: {self.mass_kg} kg"
