"""What people say with a step on an alert."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from targeting.domain.lifecycle import Dismissal, Move
from targeting.models.choices import DISMISSAL_SCOPES, DISMISSALS
from targeting.services.alert_acts import Said
from targeting.workbench.faults import ToldForm

MAX_COMMENT = 4000
MAX_PURPOSE = 500


class SaidForm(ToldForm):
    """A step that needs no words."""

    def said(self) -> Said:
        """What was said, once the form is valid."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return Said(**given)


class OptionalCommentForm(SaidForm):
    comment = forms.CharField(
        label=_("Comment"),
        max_length=MAX_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CommentForm(SaidForm):
    comment = forms.CharField(
        label=_("Comment"),
        max_length=MAX_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the next reader must know."),
    )


class AssignForm(OptionalCommentForm):
    assignee = forms.CharField(label=_("Account"), max_length=150)


class DismissForm(OptionalCommentForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *DISMISSALS])
    scope = forms.ChoiceField(
        label=_("Let it stand for repeats of"),
        choices=[("", _("nothing else")), *DISMISSAL_SCOPES],
        required=False,
    )
    until = forms.DateField(
        label=_("until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ("reason", "comment", "scope", "until")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("reason") == Dismissal.OTHER and not given.get("comment"):
            self.add_error("comment", _("Say what the other reason is."))
        if given.get("scope") and not given.get("until"):
            self.add_error("until", _("Until which day? None stands for ever."))
        return given


class SearchForm(ToldForm):
    """A name for the queue as it is narrowed."""

    name = forms.CharField(label=_("Name of the view"), max_length=100)
    is_watched = forms.BooleanField(label=_("tell me of new ones"), required=False)


class PurposeForm(ToldForm):
    """What rows about people are taken away for; it stands in the audit."""

    purpose = forms.CharField(label=_("What for"), max_length=MAX_PURPOSE)


FORMS: dict[Move, type[SaidForm]] = {
    Move.TAKE: SaidForm,
    Move.ASSIGN: AssignForm,
    Move.RELEASE: SaidForm,
    Move.NOTE: CommentForm,
    Move.DISMISS: DismissForm,
    Move.CONFIRM_DISMISSAL: OptionalCommentForm,
    Move.REFUSE_DISMISSAL: CommentForm,
    Move.REOPEN: CommentForm,
}
