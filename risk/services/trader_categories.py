"""Trader categories: recomputed each month, and overridden by two people for a time."""

from collections import Counter
from datetime import date, datetime, timedelta

import msgspec
from django.db import IntegrityError, connection, transaction

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor, check_known_person, check_second_person
from risk.domain.trader_categories import CategoryRules, Standing, TraderCategory, categorise
from risk.models import CategoryOverride, CategoryRun, TraderStanding
from risk.models.choices import OverrideState
from risk.selectors.trader_categories import histories, stored_standing
from shipments.models import Party
from shipments.services.bulk import copy_rows

# Any number that no other advisory lock of the database uses: only one computes at a time.
RUN_LOCK = 7_302_614_984
RULES = CategoryRules()
LONGEST_OVERRIDE = timedelta(days=366)
_MONTHS_OF_YEAR = 12


@transaction.atomic
def categorise_traders(*, day: date, now: datetime) -> CategoryRun | None:
    """Give every importer seen before the month of ``day`` its category as of the month's first.

    None when the month has been computed: a second time changes nothing. Set-based: two queries
    and a COPY, however many importers there are.
    """
    month = day.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])
    if CategoryRun.objects.filter(month__gte=month).exists():
        return None
    known = {
        row.party_id: stored_standing(row)
        for row in TraderStanding.objects.order_by("party", "-month").distinct("party").iterator()
    }
    counts: Counter[TraderCategory] = Counter()
    changed: list[tuple[int, Standing]] = []
    since = _months_before(month, RULES.period_months)
    for party_id, history in histories(day=month, since=since):
        standing = categorise(history, RULES)
        counts[standing.category] += 1
        if party_id not in known or not _is_alike(known[party_id], standing):
            changed.append((party_id, standing))
    run = CategoryRun.objects.create(
        month=month,
        rules=msgspec.to_builtins(RULES),
        computed_at=now,
        low_count=counts[TraderCategory.LOW],
        medium_count=counts[TraderCategory.MEDIUM],
        high_count=counts[TraderCategory.HIGH],
    )
    copy_rows(
        TraderStanding,
        ("party", "run", "month", "category", "reasons"),
        (
            (pk, run.pk, month, one.category.value, msgspec.json.encode(one.reasons).decode())
            for pk, one in changed
        ),
    )
    return run


def _is_alike(before: Standing, after: Standing) -> bool:
    codes = [{reason.code for reason in one.reasons} for one in (before, after)]
    return before.category is after.category and codes[0] == codes[1]


def _months_before(month: date, count: int) -> date:
    """The first day of the month ``count`` months before a month's first day."""
    years, rest = divmod(month.year * _MONTHS_OF_YEAR + month.month - 1 - count, _MONTHS_OF_YEAR)
    return date(years, rest + 1, 1)


@transaction.atomic
def propose_override(
    *,
    party: Party,
    category: TraderCategory,
    reason: str,
    valid_from: date,
    valid_until: date,
    by: Actor,
    now: datetime,
) -> CategoryOverride:
    """A category for a second person to look at; nothing changes yet.

    Raises InvalidList for the period or an empty reason, WrongState when another override holds
    one of its days, FourEyesViolated for an account without a person.
    """
    check_known_person(by)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why the rules do not fit")
    last = valid_from + LONGEST_OVERRIDE
    if not valid_from <= valid_until <= last:
        allowed = f"from {valid_from.isoformat()} to {last.isoformat()}"
        raise InvalidList(column="valid_until", value=valid_until.isoformat(), allowed=allowed)
    row = CategoryOverride(
        party=party,
        category=category.value,
        reason=reason.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        proposed_by=by.account,
        proposed_person=by.person,
        proposed_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        allowed = "days without another category that people gave"
        raise WrongState(state="there already", allowed=allowed) from None
    return row


@transaction.atomic
def approve_override(*, override_id: int, by: Actor, now: datetime) -> CategoryOverride:
    """The category holds in its days; raises WrongState, FourEyesViolated."""
    row = _locked(override_id, OverrideState.PROPOSED)
    proposer = Actor(account=row.proposed_by, person=row.proposed_person)
    check_second_person(proposer=proposer, approver=by)
    row.state = OverrideState.ACTIVE
    row.approved_by, row.approved_person, row.approved_at = by.account, by.person, now
    row.save(update_fields=["state", "approved_by", "approved_person", "approved_at"])
    return row


@transaction.atomic
def withdraw_override(
    *, override_id: int, reason: str, by: Actor, now: datetime
) -> CategoryOverride:
    """The rules hold again, or the proposal is refused; raises WrongState, InvalidList."""
    row = _locked(override_id, OverrideState.PROPOSED, OverrideState.ACTIVE)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is withdrawn")
    row.state, row.withdrawal_reason = OverrideState.WITHDRAWN, reason.strip()
    row.withdrawn_by, row.withdrawn_at = by.account, now
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    return row


def _locked(override_id: int, *states: OverrideState) -> CategoryOverride:
    row = CategoryOverride.objects.select_for_update(of=("self",)).get(pk=override_id)
    if row.state not in states:
        raise WrongState(state=row.state, allowed=", ".join(states))
    return row
