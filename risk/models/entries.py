"""Entries of list editions: the row, and its way to and from the engine's struct."""

from operator import attrgetter
from typing import Any

import msgspec
from django.db import models
from django.db.models import Q

from risk.domain.substances import (
    EntryCode,
    ExemptionPeriod,
    Fact,
    FactConfidence,
    QuantityExemption,
    Scope,
    ScopeException,
    SubstanceKind,
)
from risk.domain.substances import ListEntry as Entry
from risk.models.choices import EXEMPTION_PERIODS, SUBSTANCE_KINDS
from risk.models.lists import ListEdition
from risk.models.substances import Substance
from shipments.models.history import with_history

# Columns that have the struct's name and type.
_SAME = tuple(
    name
    for name in Entry.__struct_fields__
    if name
    not in {
        "list_code", "substance_key", "kind", "codes", "exceptions", "exemption", "confidences"
    }
)  # fmt: skip
_same_of = attrgetter(*_SAME)
ENTRY_FIELDS = (
    *_SAME, "kind", "codes", "exceptions", "confidences", "exempt_amount", "exempt_unit",
    "exempt_period", "exempt_wording",
)  # fmt: skip
"""What of a row says what the entry is, apart from its list and its substance."""


@with_history()
class ListEntry(models.Model):
    """One form of one substance in one edition; see :class:`risk.domain.substances.ListEntry`.

    ``codes`` is an array of {nomenclature, code, is_ex, prior_share, valid_from, valid_to};
    ``exceptions`` maps a scope to its wording, ``confidences`` a fact to its confidence.
    ``acknowledged`` is an array of {code, field, value, expected, reason, actor, at}: what
    contradicts a reference and was kept. Rows of an edition that is no draft are kept by a
    trigger from every change but that of ``verified_by`` and ``verified_on``.
    """

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
    codes = models.JSONField(default=list, blank=True)
    is_basket_code = models.BooleanField(default=False)
    includes_salts = models.BooleanField(default=False)
    includes_isomers = models.BooleanField(default=False)
    includes_esters = models.BooleanField(default=False)
    includes_ethers = models.BooleanField(default=False)
    includes_mixtures = models.BooleanField(default=False)
    includes_preparations = models.BooleanField(default=False)
    exceptions = models.JSONField(default=dict, blank=True)
    concentration_min_pct = models.DecimalField(
        max_digits=7, decimal_places=4, null=True, blank=True
    )
    is_limit_exclusive = models.BooleanField(default=False)
    is_limit_known = models.BooleanField(default=True)
    exempt_amount = models.DecimalField(max_digits=15, decimal_places=6, null=True, blank=True)
    exempt_unit = models.TextField(blank=True)
    exempt_period = models.TextField(blank=True, choices=EXEMPTION_PERIODS)
    exempt_wording = models.TextField(blank=True)
    clause_smarts = models.TextField(blank=True)
    clause_wording = models.TextField(blank=True)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
    confidence = models.TextField(blank=True)
    confidences = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    acknowledged = models.JSONField(default=list, blank=True)
    verified_by = models.TextField(blank=True)
    verified_on = models.DateField(null=True, blank=True)

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
            models.CheckConstraint(
                condition=Q(exempt_amount__isnull=True, exempt_unit="", exempt_period="")
                | (Q(exempt_amount__gt=0) & ~Q(exempt_unit="") & ~Q(exempt_period="")),
                name="list_entry_exemption",
            ),
            models.CheckConstraint(
                condition=Q(clause_smarts="") | ~Q(clause_wording=""),
                name="list_entry_clause_worded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_name} ({self.schedule})"

    def as_entry(self, *, list_code: str) -> Entry:
        """The row as the engine sees it; ``substance`` should be loaded with it."""
        return entry_of_row(self, list_code=list_code, substance_key=self.substance.key)


def entry_of_row(row: Any, *, list_code: str, substance_key: str) -> Entry:
    """The entry of a row, which is a :class:`ListEntry` or has its ``ENTRY_FIELDS``."""
    values: dict[str, Any] = dict(zip(_SAME, _same_of(row), strict=True))
    return Entry(
        **values,
        list_code=list_code,
        substance_key=substance_key,
        kind=SubstanceKind(row.kind),
        codes=msgspec.convert(row.codes, tuple[EntryCode, ...]),
        exceptions=tuple(
            ScopeException(scope=scope, wording=row.exceptions[scope])
            for scope in Scope
            if scope in row.exceptions
        ),
        exemption=_exemption(row),
        confidences=tuple(
            FactConfidence(fact=fact, confidence=row.confidences[fact])
            for fact in Fact
            if fact in row.confidences
        ),
    )


def _exemption(row: Any) -> QuantityExemption | None:
    if row.exempt_amount is None:
        return None
    return QuantityExemption(
        amount=row.exempt_amount,
        unit=row.exempt_unit,
        period=ExemptionPeriod(row.exempt_period),
        wording=row.exempt_wording,
    )


def entry_values(entry: Entry) -> dict[str, Any]:
    """The columns of an entry's row, all but its edition and substance."""
    exemption = entry.exemption
    return {
        **{name: getattr(entry, name) for name in _SAME},
        "kind": entry.kind.value,
        "codes": msgspec.to_builtins(entry.codes),
        "exceptions": {one.scope.value: one.wording for one in entry.exceptions},
        "exempt_amount": exemption.amount if exemption else None,
        "exempt_unit": exemption.unit if exemption else "",
        "exempt_period": exemption.period.value if exemption else "",
        "exempt_wording": exemption.wording if exemption else "",
        "confidences": {one.fact.value: one.confidence for one in entry.confidences},
    }
