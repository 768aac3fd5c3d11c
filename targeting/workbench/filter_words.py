"""What filters are called on pages: the API's help speaks to programs, and in English alone."""

from collections.abc import Mapping

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from targeting.workbench.faults import tell

Words = Mapping[str, str | Promise]

_WORDS: Words = {
    "q": _("Words"),
    "registration_number": _("Declaration"),
    "document_kind": _("Kind"),
    "direction": _("Direction"),
    "office": _("Customs office"),
    "region": _("Region"),
    "country": _("Dispatched from"),
    "commodity_code": _("Commodity code"),
    "substance": _("Substance"),
    "importer": _("Importer"),
    "party": _("Id of a party"),
    "declaration": _("Id of a declaration"),
    "cancelled": _("Cancelled"),
    "flagged": _("Something is flagged"),
    "flagged_substance": _("Key of the flagged substance"),
    "lane": _("Lane"),
    "criteria_lane": _("Lane by the criteria alone"),
    "outcome": _("What inspections found"),
    "channel_level": _("Level of its channels"),
    "date_from": _("Accepted from, UTC"),
    "date_to": _("Accepted to, UTC"),
    "day_from": _("Accepted from"),
    "day_to": _("Accepted to"),
    "accepted_from": _("Accepted from"),
    "accepted_to": _("Accepted to"),
    "act_number": _("Act"),
    "result": _("Result"),
    "measure": _("Measure"),
    "waiver": _("Why it was not inspected"),
    "current": _("Without acts that were corrected"),
    "answered_from": _("Laboratory answered from"),
    "answered_to": _("Laboratory answered to"),
    "found": _("Something listed was found"),
    "indicator": _("Indicator"),
    "selected_by": _("Chosen"),
    "laboratory": _("Laboratory"),
    "state": _("State"),
    "level": _("Level"),
    "substance_key": _("Key of the substance"),
    "move": _("Step"),
    "moved_from": _("Step taken from"),
    "moved_to": _("Step taken to"),
    "moved_level": _("Level then"),
    "importers_min": _("Importers, at least"),
}
OF_ALERTS: Words = {name: _WORDS[name] for name in ("date_from", "date_to")}
OF_INSPECTIONS: Words = {
    "date_from": _("Inspected from, UTC"),
    "date_to": _("Inspected to, UTC"),
    "day_from": _("Inspected from"),
    "day_to": _("Inspected to"),
    "substance": _("Key of the substance"),
}
_HELP: Words = {
    "q": _("Of a description, in any form; a name, or a whole registration number."),
    "importer": _("Twelve digits are a BIN, else part of the name."),
    "commodity_code": _("The digits with which it begins."),
    "assignee": _("“me”, “none”, or an account."),
    "criteria_lane": _("Green: met no criterion, whatever was drawn at random."),
}


def worded(form: Form, own: Words | None = None) -> Form:
    """The form of a filter with its words in the reader's language; ``own`` go before the common
    ones, by field, and what the filter says of itself in more than one language stays."""
    words = {**_WORDS, **(own or {})}
    for name in form.fields:
        # A form that was looked through keeps its fields as they were then called.
        field = form[name]
        is_worded = isinstance(form.fields[name].label, Promise) and name not in (own or {})
        if name in words and not is_worded:
            field.label = str(words[name])
        field.help_text = str(_HELP.get(name, ""))
    tell(form)
    return form
