"""Questions to the operator: what may be asked, by when it is answered, what an answer holds."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from shipments.domain.working_days import Calendar, after_working_days

ANSWER_WORKING_DAYS = 5
"""Working days to answer in, unless the question says otherwise."""
REMIND_WORKING_DAYS = 1
"""So many working days before the last day, a question without an answer is reminded of."""
LONGEST_DAYS = 90
MOST_DOCUMENTS = 10
MOST_DOCUMENT_BYTES = 5 * 1024 * 1024
MOST_ANSWERS = 20

MEDIA_TYPES: Mapping[str, bytes] = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
"""How the content of each kind of document begins; what a sender calls it is not asked."""


class QuestionKind(StrEnum):
    """What is asked about."""

    END_USE = "end_use"
    COMPOSITION = "composition"
    PERMIT = "permit"
    QUANTITY = "quantity"
    PARTIES = "parties"
    TRANSPORT = "transport"
    OTHER = "other"


class QuestionState(StrEnum):
    """``open`` and ``answered`` wait; the other two are ends."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Satisfaction(StrEnum):
    """What a settled question came to; for the office's eyes."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNANSWERED = "unanswered"


class Reminder(StrEnum):
    """Of what a question that nobody answered is reminded; each once a last day."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


WAITING = frozenset({QuestionState.OPEN.value, QuestionState.ANSWERED.value})
"""While a question is in one of these, its declaration waits."""


def last_day(asked: date, calendar: Calendar) -> date:
    """The last day for an answer when none is stated.

    >>> last_day(date(2026, 3, 20), Calendar())  # a Friday
    datetime.date(2026, 3, 27)
    """
    return after_working_days(asked, ANSWER_WORKING_DAYS, calendar)


def reminder_due(due_on: date, today: date, calendar: Calendar) -> Reminder | None:
    """Of what to remind on the day of a question that nobody answered.

    >>> reminder_due(date(2026, 3, 23), date(2026, 3, 20), Calendar())  # Monday, on the Friday
    <Reminder.DUE_SOON: 'due_soon'>
    >>> reminder_due(date(2026, 3, 23), date(2026, 3, 19), Calendar()) is None
    True
    >>> reminder_due(date(2026, 3, 23), date(2026, 3, 24), Calendar())
    <Reminder.OVERDUE: 'overdue'>
    """
    if today > due_on:
        return Reminder.OVERDUE
    is_soon = after_working_days(today, REMIND_WORKING_DAYS, calendar) >= due_on
    return Reminder.DUE_SOON if is_soon else None


def media_type_of(content: bytes) -> str:
    """By how the content begins; blank for what is not taken.

    >>> media_type_of(b"%PDF-1.7 ..."), media_type_of(b"MZ")
    ('application/pdf', '')
    """
    return next((kind for kind, start in MEDIA_TYPES.items() if content.startswith(start)), "")
