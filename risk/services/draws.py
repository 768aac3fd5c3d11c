"""Publishing the random draw: the digests of coming days' keys, the keys of days gone by."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from risk.domain.draws import day_key, is_key_due, key_digest
from risk.models import DrawDigest, DrawKey


class Published(NamedTuple):
    """What one call told; ``broken`` are days whose announced digest the secret does not give."""

    announced: Sequence[date]
    keys: Sequence[date]
    broken: Sequence[date]


def publish_draws(
    *, secret: bytes, today: date, days_ahead: int, key_days: int, now: datetime
) -> Published:
    """Announce the digests of today and the days ahead, publish the keys that are due.

    ``today`` is the office's. Twice is as once. An announcement is never changed: where the
    secret is another than it was, its days are told as broken and no key is published for them.
    """
    told = list(DrawDigest.objects.filter(published=None).order_by("day"))
    broken = [one for one in told if one.digest != key_digest(day_key(secret, one.day))]
    coming = {today + timedelta(days=ahead) for ahead in range(days_ahead + 1)}
    new = sorted(coming - {one.day for one in told})
    DrawDigest.objects.bulk_create(
        [
            DrawDigest(day=day, digest=key_digest(day_key(secret, day)), announced_at=now)
            for day in new
        ],
        ignore_conflicts=True,
    )
    due = [one for one in told if one not in broken and is_key_due(one.day, today, key_days)]
    DrawKey.objects.bulk_create(
        [
            DrawKey(announcement=one, key=day_key(secret, one.day).hex(), published_at=now)
            for one in due
        ],
        ignore_conflicts=True,
    )
    return Published(new, [one.day for one in due], [one.day for one in broken])
