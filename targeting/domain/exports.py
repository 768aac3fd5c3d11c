"""Rows taken away as a file that is too long to wait for."""

from enum import StrEnum


class ExportResource(StrEnum):
    """What can be exported; the value stands in requests and stored rows."""

    LIST_ENTRIES = "list-entries"
    ALERTS = "alerts"
    DECLARATIONS = "declarations"
    REFERRALS = "referrals"
    OUTCOMES = "outcomes"
    PARTIES = "parties"
    CHANNELS = "channels"
    AUTHORISATIONS = "authorisations"
    NOTIFICATIONS = "pre-export-notifications"
    REQUIREMENTS = "requirements"
    WATCHLIST = "watchlist-entries"


MOST_RUNNING = 3
"""Of one person at a time."""


def percent_done(written: int, total: int, *, is_done: bool) -> int:
    """How far an export is; 100 only when its file is there.

    >>> percent_done(999, 1000, is_done=False), percent_done(1000, 1000, is_done=False)
    (99, 99)
    >>> percent_done(0, 0, is_done=True)
    100
    """
    if is_done:
        return 100
    return min(99, 100 * written // total) if total else 0
