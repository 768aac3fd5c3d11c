"""What happens that people and systems subscribe to, and when a failed delivery is tried again."""

from datetime import timedelta
from enum import StrEnum


class EventKind(StrEnum):
    """What happened. The value is stable: it stands in stored rows and goes to other systems."""

    EDITION_PROPOSED = "edition_proposed"
    EDITION_APPROVED = "edition_approved"
    EDITION_IN_FORCE = "edition_in_force"
    LANE_GIVEN = "lane_given"
    QUESTION_ASKED = "question_asked"
    QUESTION_REMINDED = "question_reminded"
    MODEL_DRIFTED = "model_drifted"
    RECEIPT_FINISHED = "receipt_finished"
    SEARCH_FOUND = "search_found"
    REFERRAL_SENT = "referral_sent"


OF_LISTS = (EventKind.EDITION_PROPOSED, EventKind.EDITION_APPROVED, EventKind.EDITION_IN_FORCE)
# What people subscribe to. Events of cases are for systems of the office: a subscription knows
# no scope.
FOR_PEOPLE = (*OF_LISTS, EventKind.MODEL_DRIFTED)

# What one person is told of their own; nobody subscribes to it.
OF_ONE_PERSON = (EventKind.SEARCH_FOUND,)
# What its receivers alone are told of, people of other agencies too; nobody subscribes to it.
OF_RECEIVERS = (EventKind.REFERRAL_SENT,)


class Channel(StrEnum):
    """How an event leaves the system."""

    EMAIL = "email"
    WEBHOOK = "webhook"


ANYTHING = ""
LANGUAGES = ("en", "ru")
MOST_ATTEMPTS = 10
LONGEST_WAIT = timedelta(hours=6)
# How long a sender that says nothing keeps a delivery; longer than a mail server may take.
LEASE = timedelta(minutes=5)


def list_topic(list_code: str) -> str:
    """What events of a list are about, as subscriptions name it.

    >>> list_topic("KZ-470-T4")
    'list:KZ-470-T4'
    """
    return f"list:{list_code}"


def model_topic(number: int) -> str:
    """What events of a learned model are about.

    >>> model_topic(3)
    'model:3'
    """
    return f"model:{number}"


def office_topic(office: str) -> str:
    """What events of cases are about: the customs office.

    >>> office_topic("55301")
    'office:55301'
    """
    return f"office:{office}"


def submitter_topic(key: str) -> str:
    """What events for whoever sent a declaration are about: the owner of its receipt.

    >>> submitter_topic("broker-7")
    'submitter:broker-7'
    """
    return f"submitter:{key}"


def referral_topic(number: str) -> str:
    """What events of a referral are about, by the number that its receiver knows.

    >>> referral_topic("5f0c")
    'referral:5f0c'
    """
    return f"referral:{number}"


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when it is tried no more.

    >>> [wait_after(n).total_seconds() / 60 for n in (1, 2, 3)]
    [1.0, 2.0, 4.0]
    >>> wait_after(MOST_ATTEMPTS) is None
    True
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(timedelta(minutes=2.0 ** (attempts - 1)), LONGEST_WAIT)
