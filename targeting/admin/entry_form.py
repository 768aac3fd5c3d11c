"""The form of an entry of a draft: the columns of a sheet, checked as a sheet is."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from risk.domain.lists.base import invalid_list
from risk.domain.lists.entry_cells import (
    ENTRY_COLUMNS,
    LIMIT_RULES,
    NAME_COLUMN,
    cells_of,
    read_entry,
)
from risk.domain.lists.fields import THRESHOLD_UNITS, RowReader
from risk.domain.lists.reference_csv import CONFIDENCES, FORMS
from risk.domain.lists.sheet_import import key_from_name
from risk.domain.substances import ExemptionPeriod, Scope, SubstanceKind
from risk.models import ListEdition, ListEntry
from risk.models.choices import EditionState
from risk.services import drafts
from targeting.admin.base import ServiceForm
from targeting.selectors.edition_sheets import key_of_cas

_PREFIX = "cell_"
_LONG = {"notes", "codes", "clause_wording", *(f"{scope}_except" for scope in Scope)}
_FLAGS = {*(f"includes_{scope}" for scope in Scope), "is_basket_code", "limit_known"}
_CHOICES: Mapping[str, Iterable[str]] = {
    "kind": SubstanceKind,
    "form": sorted(FORMS),
    "limit_rule": filter(None, LIMIT_RULES),
    "exempt_unit": sorted(THRESHOLD_UNITS),
    "exempt_period": ExemptionPeriod,
    "confidence": sorted(CONFIDENCES),
}
_KEYS = ("substance_key", "form_name")


def _field(column: str) -> forms.Field:
    if column in _FLAGS:
        return forms.ChoiceField(
            choices=[("", "no"), ("True", "yes")], required=False, label=column
        )
    if column in _CHOICES:
        choices = [("", "–"), *((str(one), str(one)) for one in _CHOICES[column])]
        return forms.ChoiceField(choices=choices, required=False, label=column)
    widget = forms.Textarea(attrs={"rows": 2}) if column in _LONG else forms.TextInput
    return forms.CharField(required=False, label=column, widget=widget, strip=False)


class EntryForm(ServiceForm):
    """Texts as in the columns of an export; which entry it is says substance and form."""

    edition = forms.ModelChoiceField(
        ListEdition.objects.filter(state=EditionState.DRAFT).select_related("control_list"),
        help_text="A draft.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        required=False, help_text="Why identifiers are kept that contradict a reference."
    )

    class Meta:
        model = ListEntry
        fields = ["edition"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if not row.pk:
            return
        self.fields["edition"].disabled = True
        self.initial["version"] = row.edition.version
        entry = row.as_entry(list_code=row.edition.control_list.code)
        for column, text in cells_of(entry, row.substance.preferred_name).items():
            self.initial[_PREFIX + column] = "" if text == "False" else text
        for column in _KEYS:
            self.fields[_PREFIX + column].disabled = True

    def apply(self) -> ListEntry:
        given = self.cleaned_data
        edition: ListEdition = given["edition"]
        cells = {column: given.get(_PREFIX + column) or "" for column in ENTRY_COLUMNS}
        if cells["concentration_min_pct"] or not cells["limit_known"]:
            cells["limit_known"] = cells["limit_known"] or "False"
        row = RowReader("form", 1, cells)
        entry = read_entry(
            row,
            list_code=edition.control_list.code,
            key_of=lambda one: key_of_cas(one.text("cas")) or key_from_name(one.text("form_name")),
        )
        if row.errors:
            raise invalid_list(row.errors)
        version = given.get("version")
        drafts.put_entry(
            edition=edition,
            version=edition.version if version is None else version,
            entry=entry,
            actor=self.actor,
            now=timezone.now(),
            preferred_name=cells[NAME_COLUMN].strip(),
            reasons={"*": given.get("reason") or ""},
        )
        return ListEntry.objects.get(
            edition=edition, substance__key=entry.substance_key, form_name=entry.form_name
        )


for _column in ENTRY_COLUMNS:
    EntryForm.declared_fields[_PREFIX + _column] = _field(_column)


def _cells(*columns: str) -> list[str]:
    return [_PREFIX + column for column in columns]


_IDENTITY = ("schedule", "kind", "substance_key", NAME_COLUMN, "form", "form_name")
_NUMBERS = ("cas", "ec_number", "un_number", "inchikey", "smiles", "formula")
_CODES = ("hs6", "codes", "is_basket_code")
_SHOWN = {*_IDENTITY, *_NUMBERS, *_CODES}
ENTRY_FIELDSETS = [
    (None, {"fields": ["edition", "version", *_cells(*_IDENTITY)]}),
    ("Identifiers", {"fields": [*_cells(*_NUMBERS), "reason"]}),
    ("Commodity codes", {"fields": _cells(*_CODES)}),
    ("What it covers, limits, source", {
        "fields": _cells(*(column for column in ENTRY_COLUMNS if column not in _SHOWN)),
    }),
]  # fmt: skip
