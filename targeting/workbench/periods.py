"""The period and the offices that figures are of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from risk.selectors.office import office_day
from targeting.workbench.faults import ToldForm

DAYS = 90
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, the offices' own days; ``place`` narrows by ``office`` or
    ``region``."""

    first: date
    last: date
    place: dict[str, str]


def usual_period(now: datetime) -> dict[str, str]:
    """What the form asks for where nobody asks for anything: the last days, today included."""
    today = office_day(now)
    return {"date_from": f"{today - timedelta(days=DAYS - 1)}", "date_to": f"{today}"}


class PeriodForm(ToldForm):
    """At most a year; the last ninety days where nothing is asked for."""

    date_from = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    date_to = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    office = forms.CharField(label=_("Customs office"), required=False, max_length=40)
    region = forms.CharField(label=_("Region"), required=False, max_length=100)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("date_from"), given.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", _("The period ends before it begins."))
        if first and last and (last - first).days >= MOST_DAYS:
            self.add_error("date_to", _("At most a year at once."))
        return given

    def period(self, now: datetime) -> Period:
        """The period asked for; where that cannot be, the usual one."""
        given = self.cleaned_data if self.is_valid() else {}
        today = office_day(now)
        last = given.get("date_to") or today
        if first := given.get("date_from"):
            last = given.get("date_to") or min(today, first + timedelta(days=MOST_DAYS - 1))
        first = first or last - timedelta(days=DAYS - 1)
        place = {name: given[name] for name in ("office", "region") if given.get(name)}
        return Period(first, max(first, last), place)
