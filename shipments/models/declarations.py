"""Declarations and their goods items, as declared."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from shipments.domain.values import Direction, DocumentKind
from shipments.models.batches import IntakeBatch, Submitter
from shipments.models.choices import DIRECTIONS, DOCUMENT_KINDS

NUMBER_KEY = models.Func(
    models.Func(
        models.F("number"),
        models.Value(r"\s"),
        models.Value(""),
        models.Value("g"),
        function="regexp_replace",
        output_field=models.TextField(),
    ),
    function="upper",
    output_field=models.TextField(),
)
"""Of a document, as :func:`shipments.domain.authorisations.number_key` of its number."""


def _quantity() -> models.DecimalField:
    """A mass in kilograms or another quantity, to a milligram; None when not stated."""
    return models.DecimalField(max_digits=24, decimal_places=6, null=True)


def _money() -> models.DecimalField:
    return models.DecimalField(max_digits=24, decimal_places=4, null=True)


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def current(self) -> "DeclarationQuerySet":
        """Only the latest version of each declaration.

        Not by the reverse relation: its outer join is no anti-join to the planner, which then
        expects one row of it.
        """
        later = Declaration.objects.filter(supersedes=models.OuterRef("pk"))
        return self.filter(~models.Exists(later))


class Declaration(models.Model):
    """One version of one declaration. Values in ``currency`` unless the name says more.

    A version that ``is_cancelled`` ends the declaration; those before it stay as they were.
    """

    registration_number = models.TextField()
    version = models.PositiveIntegerField(default=1)
    is_cancelled = models.BooleanField(default=False)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    submitter = models.ForeignKey(Submitter, on_delete=models.PROTECT, related_name="declarations")
    batch = models.ForeignKey(
        IntakeBatch, on_delete=models.PROTECT, related_name="declarations", db_index=False
    )
    chunk = models.PositiveIntegerField()
    content_digest = models.BinaryField(max_length=16)
    document_kind = models.TextField(choices=DOCUMENT_KINDS, default=DocumentKind.IMPORT.value)
    direction = models.TextField(choices=DIRECTIONS, default=Direction.IMPORT.value)
    accepted_at = models.DateTimeField()
    customs_office = models.TextField(blank=True)
    border_office = models.TextField(blank=True)
    procedure_code = models.TextField(blank=True)
    country_of_dispatch = models.TextField(blank=True)
    country_of_trading = models.TextField(blank=True)
    country_of_destination = models.TextField(blank=True)
    transport_mode = models.TextField(blank=True)
    transport_id = models.TextField(blank=True)
    delivery_terms = models.TextField(blank=True)
    currency = models.TextField(blank=True)
    invoice_amount = _money()
    extra = models.JSONField(default=dict)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration_number", "version"], name="declaration_version_once"
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "chunk"], name="declaration_by_chunk"),
            BrinIndex(fields=["accepted_at"], name="declaration_accepted_brin"),
            # Lists begin with the latest; a page is read without sorting all of them.
            models.Index(fields=["-accepted_at", "-id"], name="declaration_latest"),
            models.Index(
                fields=["accepted_at"],
                condition=models.Q(document_kind=DocumentKind.PRELIMINARY.value),
                name="declaration_preliminary",
            ),
            models.Index(
                fields=["transport_id", "accepted_at"],
                condition=~models.Q(transport_id=""),
                name="declaration_by_vehicle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number} v{self.version}"


class ContestedVersion(models.Model):
    """A version that a submitter declared although another one's is stored under its number.

    It is not stored, and its submitter is not told: whoever could tell a taken number from
    a free one would learn what others declare. Analysts may ask why two declare the same.
    """

    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="contested_by"
    )
    submitter = models.ForeignKey(Submitter, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(IntakeBatch, on_delete=models.PROTECT, related_name="+")
    content_digest = models.BinaryField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "submitter"], name="contested_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} by {self.submitter_id}"


class WaitingAmendment(models.Model):
    """An amendment that says only what changes, until the version it changes is stored.

    ``content`` is a :class:`shipments.domain.records.PartialAmendment` as JSON; ``line`` its
    place in the file of ``batch`` and ``raw`` its source there. ``is_told`` once the receipt
    says that it waits.
    """

    registration_number = models.TextField()
    version = models.PositiveIntegerField()
    submitter = models.ForeignKey(
        Submitter, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch = models.ForeignKey(IntakeBatch, on_delete=models.CASCADE, related_name="+")
    chunk = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    content = models.BinaryField()
    content_digest = models.BinaryField(max_length=16)
    raw = models.TextField(blank=True)
    is_told = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration_number", "version", "submitter"],
                name="waiting_amendment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number} v{self.version} waits"


class GoodsItem(models.Model):
    """One goods item. ``statistical_value`` is in US dollars (graph 46)."""

    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    item_number = models.PositiveIntegerField()
    description = models.TextField(blank=True)
    commodity_code = models.TextField(blank=True)
    nomenclature = models.TextField(default="tnved")
    hs6 = models.TextField(blank=True)
    country_of_origin = models.TextField(blank=True)
    gross_mass_kg = _quantity()
    net_mass_kg = _quantity()
    supplementary_quantity = _quantity()
    supplementary_unit = models.TextField(blank=True)
    package_count = models.PositiveIntegerField(null=True)
    package_kind = models.TextField(blank=True)
    invoice_value = _money()
    customs_value = _money()
    statistical_value = _money()
    procedure_code = models.TextField(blank=True)
    preference_code = models.TextField(blank=True)
    manufacturer = models.TextField(blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "item_number"], name="goods_item_number_once"
            ),
        ]
        indexes = [
            # By a hash of 8 bytes: a description may be longer than a page of an index.
            models.Index(
                models.Func(
                    models.F("description"),
                    models.Value(0, output_field=models.BigIntegerField()),
                    function="hashtextextended",
                ),
                name="goods_item_by_description",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id}/{self.item_number}"


class GoodsItemDocument(models.Model):
    """A document of graph 44 or 40 that the declarant presented for one goods item."""

    goods_item = models.ForeignKey(
        GoodsItem, on_delete=models.CASCADE, related_name="documents", db_index=False
    )
    position = models.PositiveIntegerField()
    code = models.TextField()
    number = models.TextField(blank=True)
    issued_on = models.DateField(null=True)
    licence_line = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["goods_item", "position"], name="goods_item_document_once"
            ),
        ]
        indexes = [
            # Bills of lading, waybills and their kin, by which documents of one consignment meet.
            models.Index(
                fields=["number"],
                condition=models.Q(code__startswith="02"),
                name="goods_item_document_transport",
            ),
            # Permits stand in the first class of the classifier: few of all documents.
            models.Index(
                NUMBER_KEY,
                condition=models.Q(code__startswith="01"),
                name="goods_item_permit_by_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class Container(models.Model):
    """A container of graph 31 that carries goods of the declaration."""

    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="containers", db_index=False
    )
    number = models.TextField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="container_once"),
        ]

    def __str__(self) -> str:
        return self.number
