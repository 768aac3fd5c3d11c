"""Control lists, their editions and entries."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from risk.models.choices import SUBSTANCE_KINDS, EditionState
from risk.models.four_eyes import FourEyes, second_person
from risk.models.substances import Substance
from shipments.models.history import with_history


@with_history()
class ControlList(models.Model):
    """A list that an authority keeps under a legal act."""

    code = models.TextField(unique=True)
    title = models.TextField()
    authority = models.TextField(blank=True)
    jurisdiction = models.TextField(blank=True)
    legal_act = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.code


@with_history()
class ListEdition(FourEyes):
    """The list as it stood from a date on.

    An edition without ``verified_by`` was not compared with the text of the act by a
    person: it screens, wears a badge, and cannot by itself make a lane red.
    """

    control_list = models.ForeignKey(ControlList, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.TextField(choices=EditionState.choices, default=EditionState.DRAFT)
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)
    source_digest = models.TextField(blank=True)
    provenance = models.TextField(blank=True)
    verified_by = models.TextField(blank=True)
    verified_on = models.DateField(null=True)
    verification_note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["control_list", "number"], name="edition_number_once"),
            second_person("edition_four_eyes"),
        ]

    def __str__(self) -> str:
        return f"{self.control_list_id} edition {self.number}"

    @property
    def is_verified(self) -> bool:
        return bool(self.verified_by)


@with_history()
class ListEntry(models.Model):
    """One form of one substance in one edition; see :class:`risk.domain.substances.ListEntry`."""

    edition = models.ForeignKey(ListEdition, on_delete=models.CASCADE, related_name="entries")
    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="entries")
    schedule = models.TextField(blank=True)
    kind = models.TextField(choices=SUBSTANCE_KINDS)
    form = models.TextField()
    form_name = models.TextField()
    cas_rn = models.TextField(blank=True, db_index=True)
    ec_number = models.TextField(blank=True)
    un_number = models.TextField(blank=True)
    inchikey = models.TextField(blank=True)
    smiles = models.TextField(blank=True)
    formula = models.TextField(blank=True)
    hs6 = models.TextField(blank=True)
    commodity_codes = ArrayField(models.TextField(), default=list)
    is_basket_code = models.BooleanField(default=False)
    includes_salts = models.BooleanField(default=False)
    includes_isomers = models.BooleanField(default=False)
    includes_esters = models.BooleanField(default=False)
    concentration_min_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    is_limit_known = models.BooleanField(default=True)
    quantity_threshold = models.TextField(blank=True)
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    source = models.TextField(blank=True)
    confidence = models.TextField(blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "list entries"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "substance", "form_name"], name="list_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(concentration_min_pct__isnull=True)
                | Q(concentration_min_pct__gte=0, concentration_min_pct__lte=100),
                name="list_entry_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_name} ({self.schedule})"
