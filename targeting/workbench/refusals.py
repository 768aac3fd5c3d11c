"""What a refused step tells the person who took it, and what to do then."""

from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shipments.domain.errors import TargetingError
from targeting.workbench.allowed import allowed_words
from targeting.workbench.labels import label

# Code of the error → status of the page and sentence; ``%(name)s`` are the error's own params.
_TOLD: dict[str, tuple[HTTPStatus, str | Promise]] = {
    "alert_changed": (
        HTTPStatus.PRECONDITION_FAILED,
        _("Somebody changed the alert since you read it. Read it again; what you typed is kept."),
    ),
    "alert_held": (HTTPStatus.CONFLICT, _("%(assignee)s is at it until %(until)s.")),
    "wrong_state": (
        HTTPStatus.CONFLICT,
        _("That does not follow from where it stands. Possible now: %(allowed)s."),
    ),
    "four_eyes": (HTTPStatus.CONFLICT, _("A second person must do this.")),
    "assignee_unknown": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("“%(value)s” is not the account of an analyst who sees this alert."),
    ),
    "named_unknown": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("“%(value)s” is not the account of an analyst who sees this alert."),
    ),
    "act_recorded": (
        HTTPStatus.CONFLICT,
        _("Act %(act_number)s is recorded already, with another content."),
    ),
    "act_corrected": (
        HTTPStatus.CONFLICT,
        _("Act %(act_number)s was corrected by another one already."),
    ),
    "exports_running": (
        HTTPStatus.CONFLICT,
        _("Your other files are being written: wait for one of them, or end it."),
    ),
    "export_refused": (HTTPStatus.UNPROCESSABLE_ENTITY, _("There is nothing like that to write.")),
    "purpose_required": (
        HTTPStatus.BAD_REQUEST,
        _("These are rows about people: say what for. It stands in the audit."),
    ),
    "picture_too_large": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("Nobody can read a picture of %(value)s nodes: take fewer links, or another format."),
    ),
    "invalid_list": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("%(column)s: “%(value)s” cannot be. Allowed: %(allowed)s."),
    ),
    "office_unknown": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("No customs office is entered under the code “%(value)s”."),
    ),
    "limit_refused": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("%(field)s: “%(value)s” cannot be. Allowed: %(allowed)s."),
    ),
    "format_unknown": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("No format reads this file. Say which one it is, or send another one."),
    ),
    "mapping_required": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("A table needs a layout of its columns: choose one."),
    ),
    "mapping_refused": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("This format has no columns: choose no layout."),
    ),
    "not_a_table": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("Only a table has rows to correct: change the declarations where they were written."),
    ),
    "message_removed": (HTTPStatus.GONE, _("The file is not kept any more.")),
    "sheet_too_long": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("This does not fit into a workbook; take it as CSV."),
    ),
    "unreadable_file": (HTTPStatus.UNPROCESSABLE_ENTITY, _("Nothing in the file can be read.")),
    "batch_read": (HTTPStatus.CONFLICT, _("The whole file has been read already.")),
    "invalid_value": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("%(field)s: “%(value)s” cannot be. Allowed: %(allowed)s."),
    ),
}


def _allowed(code: str, allowed: str) -> str:
    if code != "wrong_state":
        return allowed_words(allowed)
    return ", ".join(str(label(step, "step")) for step in allowed.split(", "))


def refused(error: TargetingError) -> tuple[HTTPStatus, str]:
    """Status and sentence, in the reader's language. An error without one is raised again: the
    page would have to guess."""
    for family in type(error).__mro__:
        found = _TOLD.get(error.code) or _TOLD.get(getattr(family, "code", ""))
        if found:
            status, sentence = found
            params = {"field": "", "column": "", "value": "", "allowed": "", **error.params}
            params["allowed"] = _allowed(error.code, str(params["allowed"]))
            return status, gettext(str(sentence)) % params
    raise error
