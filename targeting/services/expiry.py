"""Clearing what has expired: dead already, but rows with addresses and names in them."""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from oauth2_provider.models import AccessToken

from targeting.models import ClientSecret, KeptAnswer
from targeting.services.exports import remove_expired_exports
from targeting.services.list_imports import remove_expired_imports

# Longer than a lock lasts, and long enough to ask who tried.
ATTEMPTS_KEPT = timedelta(days=1)
# So long `manage_client … show` tells when an ended secret was last used.
SECRETS_KEPT = timedelta(days=90)
# Whoever did not hear an answer asks again within days, a weekend between.
ANSWERS_KEPT = timedelta(days=7)


def clear_expired(*, now: datetime) -> dict[str, int]:
    """Delete expired tokens, sessions, failed sign-ins, kept answers, secrets, exports and
    imports of sheets; how many of each.

    Sessions take their line in the person's list of sessions with them. Whatever is still
    good, or still counts, stays. Twice is as once.
    """
    expired: dict[str, QuerySet[Any]] = {
        "tokens": AccessToken.objects.filter(expires__lte=now),
        "sessions": Session.objects.filter(expire_date__lte=now),
        "listed_sessions": UserSession.objects.exclude(
            session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key")
        ),
        "attempts": AccessAttempt.objects.filter(attempt_time__lte=now - ATTEMPTS_KEPT),
        "kept_answers": KeptAnswer.objects.filter(created_at__lte=now - ANSWERS_KEPT),
        "secrets": ClientSecret.objects.filter(expires_at__lte=now - SECRETS_KEPT),
    }
    cleared = {name: rows.delete()[0] for name, rows in expired.items()}
    return cleared | {
        "exports": remove_expired_exports(now=now),
        "list_imports": remove_expired_imports(now=now),
    }
