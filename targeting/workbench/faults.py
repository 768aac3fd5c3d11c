"""What a refused field tells: the value that cannot be and what is allowed, in the reader's
language. Django's own sentences say mostly neither, and in Kazakh some are English."""

from collections.abc import Iterable, Sequence
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST_NAMED = 12
MOST_SHOWN = 60
# What the services say of a value, in English for programs → the same for readers.
_ALLOWED: dict[str, str | Promise] = {
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
# The same with how many before it.
_COUNTED: dict[str, str | Promise] = {
    "searches": _("at most %(count)s kept views"),
    "files": _("at most %(count)s files"),
    "bytes": _("at most %(count)s bytes"),
    "answers": _("at most %(count)s answers"),
    "characters": _("at most %(count)s characters"),
    "documents for one question": _("at most %(count)s documents for one question"),
}


class ToldForm(forms.Form):
    """A form whose refusals say what was typed and what can be."""

    def full_clean(self) -> None:
        super().full_clean()
        tell(self)


def cannot_be(value: object, allowed: str) -> str:
    """The sentence of a refused value; ``allowed`` as a service or a field says it."""
    told = gettext("“%(value)s” cannot be. Allowed: %(allowed)s.")
    return told % {"value": _short(value), "allowed": allowed_words(allowed)}


def allowed_words(allowed: str) -> str:
    """What a service allows, in the reader's language; as it stands where there are no words."""
    count, _blank, unit = allowed.partition(" ")
    if count.isdecimal() and unit in _COUNTED:
        return gettext(str(_COUNTED[unit])) % {"count": count}
    words = _ALLOWED.get(allowed)
    return gettext(str(words)) if words else allowed


def tell(form: forms.BaseForm) -> None:
    """Put its sentence in the place of each fault of a value; what else was refused stays."""
    for name, told in form.errors.items():
        if name in form.fields:
            told.data = [_told(form, name, one) for one in told.as_data()]


def _told(form: forms.BaseForm, name: str, fault: ValidationError) -> ValidationError:
    field, params = form.fields[name], fault.params or {}
    if fault.code == "max_length" and params["show_value"] > MOST_SHOWN:
        most = {"most": params["limit_value"], "count": params["show_value"]}
        return ValidationError(gettext("At most %(most)s characters; here are %(count)s.") % most)
    if fault.code == "max_length":
        return ValidationError(cannot_be(params["value"], f"{params['limit_value']} characters"))
    allowed = _allowed(field) if fault.code in _OF_VALUES else ""
    value = params.get("value", form[name].data)
    return ValidationError(cannot_be(value, allowed)) if allowed else fault


_OF_VALUES = frozenset(
    {
        *("invalid", "invalid_choice", "invalid_pk_value", "min_value", "max_value"),
        *("max_digits", "max_decimal_places", "max_whole_digits", "invalid_list"),
    }
)


def _allowed(field: forms.Field) -> str:
    """Nothing where the field has no bound that could be named."""
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        choices = cast("Iterable[tuple[object, object]]", field.choices)
        return _offered([str(word) for key, word in choices if str(key)])
    if isinstance(field, forms.DateTimeField):
        return gettext("a day and time, as in 2026-03-01 14:30")
    if isinstance(field, forms.DateField):
        return gettext("a day, as in 2026-03-01")
    if isinstance(field, forms.IntegerField):
        is_whole = not isinstance(field, forms.FloatField | forms.DecimalField)
        number = gettext("a whole number") if is_whole else gettext("a number")
        return number + _bounds(field)
    return ""


def _offered(words: Sequence[str]) -> str:
    return ", ".join(words) if len(words) <= MOST_NAMED else gettext("one of those offered")


def _bounds(field: forms.IntegerField) -> str:
    least, most = field.min_value, field.max_value
    bounds = {"least": least, "most": most}
    if least is not None and most is not None:
        return " " + gettext("from %(least)s to %(most)s") % bounds
    return "" if least is None else " " + gettext("from %(least)s") % bounds


def _short(value: object) -> str:
    text = str(value if value is not None else "")
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
