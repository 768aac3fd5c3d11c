"""Filters of the workbench's templates."""

import re
from datetime import timedelta

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from targeting.workbench.allowed import allowed_words
from targeting.workbench.labels import label

register = template.Library()


@register.filter
def told(code: str, family: str) -> str | Promise:
    """The word for a code: ``{{ row.alert.lane|told:"lane" }}``."""
    return label(str(code), family)


@register.filter
def allowed(words: str) -> str:
    """What intake would have taken, in the reader's language."""
    return allowed_words(words)


@register.filter
def of_sign(value: str) -> str:
    """What a sign of a channel was seen in: ``6 in 50 days``, ``CN: 4 of 6``, or as it stands."""
    if found := re.fullmatch(r"(?P<count>\d+) in (?P<days>\d+) days", value):
        return gettext("%(count)s in %(days)s days") % found.groupdict()
    if found := re.fullmatch(r"(?P<before>(?:.*: )?)(?P<count>\d+) of (?P<all>\d+)", value):
        return gettext("%(before)s%(count)s of %(all)s") % found.groupdict()
    return value


@register.filter
def long_ago(age: timedelta) -> str:
    """How long something has waited, in its largest whole unit."""
    hours = int(age.total_seconds() // 3600)
    if hours >= 48:
        return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
    if hours:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    minutes = max(0, int(age.total_seconds() // 60))
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


@register.filter
def minus(value: float, other: float) -> float:
    """The difference, for widths of pictures."""
    return value - other


@register.filter
def is_text(value: object) -> bool:
    """Whether it is a text, not rows."""
    return isinstance(value, str)
