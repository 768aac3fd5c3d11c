"""What one list says of a recognised substance, as pages show it."""

from typing import NamedTuple


class ShownVerdict(NamedTuple):
    """``limit_pct`` is a percent by mass; None without a limit or where it is unknown.
    ``is_unverified``: nobody compared the list with its act."""

    list_code: str
    verdict: str
    limit_pct: str | None
    is_limit_known: bool
    is_limit_exclusive: bool
    is_unverified: bool
