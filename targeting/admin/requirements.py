"""Requirements and norms in the admin: entered and amended as over the API."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from risk.domain.errors import RequirementsRefused
from risk.domain.permits.entry_fields import PARTY_KINDS
from risk.selectors.authorisations import known_substances
from shipments.models import AnnualLegitimateRequirement
from targeting.admin.base import ServiceAdmin, ServiceForm
from targeting.services.registers import REQUIREMENTS

_KEY = ("country", "substance_key", "year")
_TEXTS = ("country", "substance_key", "unit", "source")


class RequirementForm(ServiceForm):
    holder_name = forms.CharField(required=False, help_text="Of a norm; blank: the country's need.")
    holder_number = forms.CharField(required=False, help_text="BIN, IIN or tax number: kind:value.")

    class Meta:
        model = AnnualLegitimateRequirement
        fields = [*_KEY, "amount", "unit", "density_kg_per_l", "stated_on", "source", "notes"]
        widgets = dict.fromkeys(_TEXTS, forms.TextInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who may only look gets a form without fields.
        if "density_kg_per_l" in self.fields:
            self.fields["density_kg_per_l"].required = False

    def apply(self) -> AnnualLegitimateRequirement:
        row = self.instance
        entry = {
            name: str(value) for name, value in self.cleaned_data.items() if value not in (None, "")
        }
        entry |= {name: str(getattr(row, name)) for name in _KEY if row.pk}
        name, number = entry.pop("holder_name", ""), entry.pop("holder_number", "")
        if row.pk and row.holder:
            name, number = row.holder.name, row.holder.key
        holder = _holder(name, number) if name or number else {}
        reading = REQUIREMENTS.read_entries(
            [entry | holder], file_name="form", known=known_substances()
        )
        if reading.rejected:
            faults = "; ".join(f"{one.column}: {one.allowed}" for one in reading.rejected)
            raise RequirementsRefused(faults=reading.rejected, allowed=faults)
        actor, now = self.actor.account, timezone.now()
        done = REQUIREMENTS.enter(records=reading.records, actor=actor, now=now)
        stored: list[AnnualLegitimateRequirement] = [*done.created, *done.amended]
        if stored:
            return stored[0]
        if row.pk is None:
            raise RequirementsRefused(faults=(), allowed="something that is not there yet")
        return row


def _holder(name: str, number: str) -> dict[str, Any]:
    """The holder as an entry names it: ``bin:…``, ``tax_id:CN:…``."""
    kind, _, value = number.partition(":")
    if kind not in PARTY_KINDS:
        return {"holder": {"name": name}}
    country, _, plain = value.rpartition(":")
    return {"holder": {"name": name, kind: plain} | ({"country": country} if country else {})}


@admin.register(AnnualLegitimateRequirement)
class RequirementAdmin(ServiceAdmin):
    form = RequirementForm
    list_display = ["substance_key", "country", "year", "holder", "required_kg", "stated_on"]
    list_filter = ["country", "year"]
    list_select_related = ["holder"]
    search_fields = ["substance_key", "holder__name", "source"]
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        holder = ["holder"] if obj else ["holder_name", "holder_number"]
        rest = ["amount", "unit", "density_kg_per_l", "stated_on", "source", "notes"]
        return [*_KEY, *holder, *rest]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*_KEY, "holder"] if obj else []
