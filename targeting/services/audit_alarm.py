"""The alarm when the audit's chain does not hold any more."""

from datetime import datetime

import structlog
from django.core.cache import cache
from django.core.mail import send_mail
from django.db.models import Q

from targeting.models import User
from targeting.models.choices import Role
from targeting.selectors.audit import CHAIN_REPORT, ChainReport, Verdict, verify_chain

log = structlog.get_logger(__name__)

_ONCE_A_DAY = 24 * 3600
_SEEN = "audit-chain-seen"


def check_chain(*, now: datetime) -> bool:
    """Walk the chain, also against the head that the walk before saw; whether it holds.

    A break is an error in the log each time (``audit_chain_broken``: what an operator's
    alarm listens to), and once a day a mail to every auditor and administrator who has an
    address. Auditors read what it found (``get_chain_report``). Reads both tables once.
    """
    verdict = verify_chain(anchor=cache.get(_SEEN))
    cache.set(CHAIN_REPORT, _report(verdict, now), timeout=None)
    if verdict.first_break is None:
        if verdict.sealed:
            cache.set(_SEEN, (verdict.sealed, verdict.head), timeout=None)
        return True
    found = verdict.first_break
    log.error(
        "audit_chain_broken",
        position=found.position,
        event_id=found.event_id,
        difference=found.difference.value,
    )
    if cache.add(f"audit-alarm:{found.position}:{found.event_id}", True, timeout=_ONCE_A_DAY):
        _write_to_watchers(verdict)
    return False


def _report(verdict: Verdict, now: datetime) -> ChainReport:
    return ChainReport(
        checked_at=now,
        sealed=verdict.sealed,
        head=verdict.head.hex(),
        unsealed=verdict.unsealed,
        oldest_unsealed_at=verdict.oldest_unsealed_at,
        first_break=verdict.first_break,
        is_protected=verdict.is_protected,
    )


def _write_to_watchers(verdict: Verdict) -> None:
    found = verdict.first_break
    watchers = User.objects.filter(
        Q(roles__contains=[Role.AUDITOR.value]) | Q(roles__contains=[Role.ADMINISTRATOR.value]),
        is_active=True,
    ).exclude(email="")
    if found is None or not (addresses := sorted(watchers.values_list("email", flat=True))):
        return
    send_mail(
        "Targeting Centre: the audit does not hold",
        f"The chain over the audit breaks after {verdict.sealed} sealed events.\n"
        f"Position {found.position}, event {found.event_id}: {found.difference.value}.\n"
        "Somebody with the rights of the database's owner changed it, or it was damaged.\n"
        "Keep a copy of the database as it is, then run: manage.py verify_audit\n",
        None,
        addresses,
    )
