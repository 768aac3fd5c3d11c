"""Searches that a person keeps: for which lists, and how much of them."""

from enum import StrEnum


class SearchResource(StrEnum):
    """A list that can be searched; the value is its address under the API."""

    ALERTS = "alerts"
    DECLARATIONS = "declarations"


MOST_SEARCHES = 50
"""Of one person."""
MOST_PARAMETERS = 30
LONGEST_VALUE = 200
MOST_KNOWN = 5_000
"""Rows that a watched search finds when it is stored are known to its owner, so many at most."""
MOST_AT_ONCE = 1_000
"""New rows that one notice tells of; the next look goes on."""


def search_topic(number: int) -> str:
    """What notices of a saved search are about.

    >>> search_topic(7)
    'search:7'
    """
    return f"search:{number}"
