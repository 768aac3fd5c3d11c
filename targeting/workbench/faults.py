"""What a refused field tells: the value that cannot be and what is allowed, in the reader's
language. Django's own sentences say mostly neither, and in Kazakh some are English."""

from collections.abc import Iterable, Sequence
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from targeting.workbench.allowed import allowed_words

MOST_NAMED = 12
MOST_SHOWN = 60


class ToldForm(forms.Form):
    """A form whose refusals say what was typed and what can be."""

    def full_clean(self) -> None:
        super().full_clean()
        tell(self)


def cannot_be(value: object, allowed: str) -> str:
    """The sentence of a refused value; ``allowed`` as a service or a field says it."""
    told = gettext("“%(value)s” cannot be. Allowed: %(allowed)s.")
    return told % {"value": _short(value), "allowed": allowed_words(allowed)}


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
