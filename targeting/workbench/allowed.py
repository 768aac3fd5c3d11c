"""What services and intake say to programs of what is allowed, in the words of readers."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_OF_FORMS: Mapping[str, str | Promise] = {
    "tomorrow or later": _("tomorrow or later"),
    "a moment that has passed": _("a moment that has passed"),
    "a moment that has passed, not before laboratory_requested_at": _(
        "a moment that has passed, not before the laboratory was asked"
    ),
    "together with laboratory_resulted_at, or neither": _(
        "together with when the laboratory answered, or neither"
    ),
    "only with the result offence, else blank": _("only where an offence was found, else blank"),
    "none with the result clean": _("none where nothing was found"),
    "none with the result not_applied": _("none where no control was made"),
    "kilograms from 0, at most 6 places": _("kilograms from 0, at most 6 decimal places"),
    "4 to 12 digits": _("4 to 12 digits"),
    "only with the result not_applied": _("only where no control was made"),
    "the reason in words, with the waiver other": _("the reason in words"),
    "blank with the result not_applied": _("blank where no control was made"),
    "the number of an earlier act, not its own": _("the number of an earlier act, not its own"),
    "the number of an act of yours on the same declaration and item": _(
        "the number of an act of yours on the same declaration and item"
    ),
    "a name that is not taken": _("a name that is not taken"),
    "why it is retired": _("why it is retired"),
    "some words": _("some words"),
}
_OF_INTAKE: Mapping[str, str | Promise] = {
    "0 to 10^15": _("from 0 to 10^15"),
    "2 for the first amendment": _("2 for the first amendment"),
    "CAS number with a right check digit": _("a CAS number with a right check digit"),
    "ISO 3166 two-letter code": _("a two-letter code of ISO 3166"),
    "ISO 4217 three-letter code": _("a three-letter code of ISO 4217"),
    "ISO 8601 day, 1900-2199": _("a day of ISO 8601, 1900-2199"),
    "ISO 8601 with a zone, 1900-2199": _("a moment of ISO 8601 with its zone, 1900-2199"),
    "a CSV row": _("a row of CSV"),
    "a JSON object": _("a JSON object"),
    "a decimal number under 10^16": _("a decimal number under 10^16"),
    "a description or a commodity code": _("a description or a commodity code"),
    "a documented field": _("a documented field"),
    "a few levels": _("a few levels"),
    "a heading of the HS": _("a heading of the HS"),
    "a number from 1": _("a number from 1"),
    "a phone number of its country": _("a phone number of its country"),
    "a registration number": _("a registration number"),
    "a right last digit": _("a right last digit"),
    "a time with a zone": _("a time with its zone"),
    "a unit key, code or sign": _("a unit by its key, code or sign"),
    "a unit of mass": _("a unit of mass"),
    "a valid item": _("a valid item"),
    "a value": _("a value"),
    "a whole declaration": _("a whole declaration"),
    "above 0, to 100": _("above 0, to 100"),
    "all of them valid": _("all of them valid"),
    "an item": _("an item"),
    "each number once": _("each number once"),
    "every item of the declaration": _("every item of the declaration"),
    "its description or commodity code": _("its description or commodity code"),
    "more than 0": _("more than 0"),
    "text without NUL and lone surrogates": _("text without NUL and lone surrogates"),
}
_WORDS = {**_OF_FORMS, **_OF_INTAKE}
# The same with what stands within.
_PATTERNS: tuple[tuple[str, str | Promise], ...] = (
    (r"(?P<count>\d+) searches", _("at most %(count)s kept views")),
    (r"(?P<count>\d+) files", _("at most %(count)s files")),
    (r"(?P<count>\d+) bytes", _("at most %(count)s bytes")),
    (r"(?P<count>\d+) answers", _("at most %(count)s answers")),
    (r"(?:at most )?(?P<count>[\d,]+) characters", _("at most %(count)s characters")),
    (
        r"(?P<count>\d+) documents for one question",
        _("at most %(count)s documents for one question"),
    ),
    (r"at most (?P<most>\S+)", _("at most %(most)s")),
    (r"at least net mass (?P<kg>\S+)", _("at least the net mass, %(kg)s")),
    (r"a number with (?P<mark>\S+)", _("a number with %(mark)s")),
    (
        r"a whole number from (?P<least>\S+) to (?P<most>\S+)",
        _("a whole number from %(least)s to %(most)s"),
    ),
)


def allowed_words(allowed: str) -> str:
    """What is allowed, in the reader's language; as it stands where there are no words."""
    if allowed in _WORDS:
        return gettext(str(_WORDS[allowed]))
    for pattern, words in _PATTERNS:
        if found := re.fullmatch(pattern, allowed):
            return gettext(str(words)) % found.groupdict()
    return allowed
