"""The random draw by a keyed hash, which anyone can check afterwards.

The digest of the day's key is published before the day, the key itself days after it, and a
draw needs nothing else but the registration number.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

_KEY_PURPOSE = b"random selection of declarations, day "
# A draw uses as many leading bits of the hash as a float holds exactly.
_DRAW_BITS = 53


def day_key(secret: bytes, local_day: date) -> bytes:
    """The key of an office's local day; secret until it is published.

    One day's key tells nothing of another's. Raises ValueError for an empty secret.
    """
    if not secret:
        raise ValueError("the secret of the draw is empty")
    return hmac.digest(secret, _KEY_PURPOSE + local_day.isoformat().encode(), "sha256")


def key_digest(key: bytes) -> str:
    """SHA-256 of a day key in hexadecimal: published before the day, it binds the key."""
    return hashlib.sha256(key).hexdigest()


def draw(key: bytes, registration_number: str) -> float:
    """The declaration's random number in [0, 1): HMAC-SHA256 of its registration number.

    The first 53 bits, over 2⁵³. An amendment keeps its number and thus its draw.

    >>> round(draw(b"key", "55301/121125/0001234"), 6)
    0.990304
    """
    digest = hmac.digest(key, registration_number.encode(), "sha256")
    return float((int.from_bytes(digest[:8], "big") >> (64 - _DRAW_BITS)) / 2**_DRAW_BITS)


def draw_day(accepted: date, first_came: date, key_days: int) -> date:
    """The day whose key draws: of acceptance, or of coming where that key may be public by then.

    Otherwise who declares late could choose a number that is not drawn. ``first_came`` is the
    day on which the first version came, so that an amendment keeps the day; ``key_days`` is how
    many whole days after its own a key stays secret.

    >>> str(draw_day(date(2026, 3, 1), date(2026, 3, 8), 7))
    '2026-03-01'
    >>> str(draw_day(date(2026, 3, 1), date(2026, 3, 9), 7))
    '2026-03-09'
    """
    return accepted if first_came <= accepted + timedelta(days=key_days) else first_came


def is_key_due(day: date, today: date, key_days: int) -> bool:
    """Whether the key of the day is to be published: no later draw uses it.

    >>> [is_key_due(date(2026, 3, 1), date(2026, 3, today), 7) for today in (8, 9)]
    [False, True]
    """
    return today > day + timedelta(days=key_days)


class Drawn(NamedTuple):
    """One stored decision, as far as the draw goes."""

    registration_number: str
    draw: float
    rate: float
    is_drawn: bool
    key_digest: str


class DrawFault(NamedTuple):
    """A stored decision that the key does not give; ``what`` is the first value that differs:
    ``key_digest``, ``draw`` or ``is_drawn``."""

    registration_number: str
    what: str
    stored: str
    expected: str


def check_draws(key: bytes, rows: Iterable[Drawn]) -> Iterator[DrawFault]:
    """Recompute every draw of a day from its key alone; gives what is stored otherwise."""
    digest = key_digest(key)
    for row in rows:
        expected = draw(key, row.registration_number)
        for what, stored, right in (
            ("key_digest", row.key_digest, digest),
            ("draw", row.draw, expected),
            ("is_drawn", row.is_drawn, expected < row.rate),
        ):
            if stored != right:
                yield DrawFault(row.registration_number, what, str(stored), str(right))
                break
