"""What people fill in about a case beside the steps on its alert: referral, watch, file, act."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.domain.outcomes import LONGEST_ACT_NUMBER, LONGEST_NOTE, Fault, OutcomeRecord
from risk.models.choices import LABORATORY_RESULTS, MEASURES, OUTCOME_RESULTS, WAIVERS
from targeting.domain.attachments import MOST_BYTES
from targeting.domain.lifecycle import ReferralKind
from targeting.domain.questions import MEDIA_TYPES
from targeting.domain.referrals import ReferredPart
from targeting.models import Agency
from targeting.models.choices import REFERRAL_KINDS
from targeting.services.referrals import Asked
from targeting.workbench.faults import ToldForm, cannot_be

_NONE = ("", "—")
_LONGEST = 4_000
_LONGEST_GROUND = 500
_LONGEST_FILE_NOTE = 1_000
PART_WORDS: dict[ReferredPart, Promise] = {
    ReferredPart.REGISTRATION: _("Number, office and day"),
    ReferredPart.LANE: _("Lane"),
    ReferredPart.ROUTE: _("Route and vehicle"),
    ReferredPart.GOODS: _("Goods"),
    ReferredPart.SUBSTANCES: _("Substances recognised"),
    ReferredPart.DOCUMENTS: _("Documents"),
    ReferredPart.IMPORTER: _("Importer"),
    ReferredPart.PARTIES: _("All parties"),
}
Choices = Iterable[tuple[str, str | Promise]]


class ReferralForm(ToldForm):
    """To whom, and which parts; an inspection is of the office itself and names no agency."""

    kind = forms.ChoiceField(label=_("To whom"), choices=REFERRAL_KINDS)
    agency = forms.ModelChoiceField(
        label=_("Agency"),
        queryset=Agency.objects.none(),
        to_field_name="code",
        required=False,
        help_text=_("Only for a referral to another agency."),
    )
    parts = forms.MultipleChoiceField(
        label=_("What is sent"),
        choices=[(part.value, word) for part, word in PART_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Note to the receiver"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Goes out as it is."),
    )

    def __init__(self, *args: Any, own_agency: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Agency.objects.order_by("code")
        if own_agency:
            others = others.exclude(pk=own_agency)
        self.fields["agency"].queryset = others  # type: ignore[attr-defined] # a ModelChoiceField's

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == ReferralKind.AGENCY and not given.get("agency"):
            self.add_error("agency", _("Say to which agency."))
        if given.get("kind") == ReferralKind.INSPECTION and given.get("agency"):
            self.add_error("agency", _("An inspection is at the office itself: name no agency."))
        return given

    def asked(self, digest: str = "") -> Asked:
        """What is to be sent, once the form is valid."""
        given = self.cleaned_data
        code = given["agency"].code if given["agency"] else ""
        return Asked(given["kind"], given["parts"], given["note"], code, digest)


class WatchForm(ToldForm):
    """A controlled delivery: who is to know, and the act that allows it."""

    named = forms.CharField(
        label=_("Accounts that are to know"),
        max_length=_LONGEST,
        required=False,
        help_text=_("Analysts who see this alert, with commas between. You know, too."),
    )
    ground = forms.CharField(label=_("The act that allows it"), max_length=_LONGEST_GROUND)

    def clean_named(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["named"].split(",") if name.strip()]


class AttachmentForm(ToldForm):
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(sorted(MEDIA_TYPES))}),
    )
    note = forms.CharField(label=_("Note"), max_length=_LONGEST_FILE_NOTE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = gettext("A PDF, PNG or JPEG of at most %(size)s MiB.")
        self.fields["file"].help_text = told % {"size": MOST_BYTES // 1024**2}


def _moment(label: Any, *, is_required: bool = False) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=is_required,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class OutcomeForm(ToldForm):
    """An act of inspection in its short form; what is left blank was not found, asked or done."""

    item_number = forms.TypedChoiceField(label=_("Goods item"), coerce=int)
    act_number = forms.CharField(
        label=_("Number of the act"),
        max_length=LONGEST_ACT_NUMBER,
        help_text=_("Yours: the same act entered again is the same act."),
    )
    inspected_at = _moment(_("Inspected"), is_required=True)
    result = forms.ChoiceField(label=_("Result"), choices=[_NONE, *OUTCOME_RESULTS])
    found_substance = forms.ChoiceField(label=_("Substance found"), required=False)
    found_mass_kg = forms.DecimalField(
        label=_("Mass found, kg"), required=False, max_digits=24, decimal_places=6
    )
    found_commodity_code = forms.CharField(
        label=_("Commodity code found"), max_length=20, required=False
    )
    laboratory_requested_at = _moment(_("Laboratory asked"))
    laboratory_resulted_at = _moment(_("Laboratory answered"))
    laboratory_result = forms.ChoiceField(
        label=_("Laboratory's result"), required=False, choices=[_NONE, *LABORATORY_RESULTS]
    )
    measure = forms.ChoiceField(label=_("Measure"), choices=MEASURES)
    waiver = forms.ChoiceField(label=_("Why no control"), required=False, choices=[_NONE, *WAIVERS])
    waiver_note = forms.CharField(label=_("Words to that"), max_length=LONGEST_NOTE, required=False)
    corrects = forms.CharField(
        label=_("Takes the place of act"),
        max_length=LONGEST_ACT_NUMBER,
        required=False,
        help_text=_("An act is never changed: a later one corrects it."),
    )

    def __init__(self, *args: Any, items: Choices, substances: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = ("0", _("The declaration as a whole"))
        self.fields["item_number"].choices = [whole, *items]  # type: ignore[attr-defined]
        self.fields["found_substance"].choices = [_NONE, *substances]  # type: ignore[attr-defined]

    def record(self) -> OutcomeRecord:
        """The act, once the form is valid."""
        given = {
            name: value for name, value in self.cleaned_data.items() if value not in ("", None)
        }
        return msgspec.convert(given, OutcomeRecord)

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Put each fault beside its field."""
        for fault in faults:
            field = fault.field if fault.field in self.fields else None
            self.add_error(field, cannot_be(fault.value, fault.allowed))
