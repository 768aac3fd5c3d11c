"""What a person asked to be told, and what of it they have read."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from targeting.domain.outbox import EventKind
from targeting.models import Notice, Subscription, User


@transaction.atomic
def subscribe(
    *,
    user: User,
    topic: str,
    kinds: Iterable[EventKind],
    by_email: bool,
    lang: str,
) -> Subscription:
    """Tell the person of these events of the topic (of every topic if blank) from now on.

    One subscription a topic: a second one replaces what the first said.
    """
    subscription, _ = Subscription.objects.update_or_create(
        user=user,
        topic=topic,
        defaults={
            "kinds": sorted({kind.value for kind in kinds}),
            "by_email": by_email,
            "lang": lang,
        },
    )
    return subscription


def unsubscribe(*, subscription: Subscription) -> None:
    """Tell them no more; notices that are there stay."""
    subscription.delete()


def mark_read(*, user: User, notice_ids: Iterable[int] | None, now: datetime) -> int:
    """Mark the person's unread notices read, all of them for None; how many it were."""
    unread = Notice.objects.filter(user=user, read_at=None)
    if notice_ids is not None:
        unread = unread.filter(pk__in=list(notice_ids))
    return unread.update(read_at=now)
