"""What a refused step tells the person who took it, and what to do then."""

from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shipments.domain.errors import TargetingError

# Code of the error → status of the page and sentence; ``%(name)s`` are the error's own params.
_TOLD: dict[str, tuple[HTTPStatus, str | Promise]] = {
    "alert_changed": (
        HTTPStatus.PRECONDITION_FAILED,
        _("Somebody changed the alert since you read it. Read it again; what you typed is kept."),
    ),
    "alert_held": (HTTPStatus.CONFLICT, _("%(assignee)s is at it until %(until)s.")),
    "wrong_state": (
        HTTPStatus.CONFLICT,
        _("That does not follow from where the alert stands. Possible now: %(allowed)s."),
    ),
    "four_eyes": (HTTPStatus.CONFLICT, _("A second person must do this.")),
    "assignee_unknown": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("“%(value)s” is not the account of an analyst who sees this alert."),
    ),
    "invalid_value": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("%(field)s: “%(value)s” cannot be. Allowed: %(allowed)s."),
    ),
}


def refused(error: TargetingError) -> tuple[HTTPStatus, str]:
    """Status and sentence, in the reader's language. An error without one is raised again: the
    page would have to guess."""
    for family in type(error).__mro__:
        found = _TOLD.get(error.code) or _TOLD.get(getattr(family, "code", ""))
        if found:
            status, sentence = found
            params = {"field": "", "value": "", "allowed": "", **error.params}
            return status, gettext(str(sentence)) % params
    raise error
