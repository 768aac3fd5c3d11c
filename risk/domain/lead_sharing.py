"""Who may know of a lead: its sharing level, as whoever gave it asked for."""

from enum import StrEnum


class Sharing(StrEnum):
    """Each level is of those who read cases; ``analysts`` are all of them."""

    ANALYSTS = "analysts"
    CENTRAL = "central"
    SENIORS = "seniors"


def levels_seen(*, is_central: bool, is_senior: bool) -> frozenset[Sharing]:
    """The levels of the leads that somebody may know of.

    ``is_central``: sees the declarations of every office. ``is_senior``: a senior analyst or an
    auditor, who sees leads of every level.

    >>> sorted(levels_seen(is_central=True, is_senior=False))
    [<Sharing.ANALYSTS: 'analysts'>, <Sharing.CENTRAL: 'central'>]
    """
    if is_senior:
        return frozenset(Sharing)
    return frozenset({Sharing.ANALYSTS, *([Sharing.CENTRAL] if is_central else [])})


FOR_ALL_READERS = frozenset(level.value for level in levels_seen(is_central=False, is_senior=False))
"""Of leads of these levels alone is made what everybody who reads cases sees: facts of an
assessment, and so its indicators and score, and the category of a trader."""

FOR_CENTRAL_READERS = frozenset(
    level.value for level in levels_seen(is_central=True, is_senior=False)
)
"""Of leads of these levels is made what everybody sees who sees every office: the seeds of
proximities."""
