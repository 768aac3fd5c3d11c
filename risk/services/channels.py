"""Supply channels: proposed from what recurs, moved by analysts."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
from django.db import connection, transaction

from risk.domain.errors import InvalidList
from risk.domain.network.channel_states import (
    IMPORTER,
    ChannelLevel,
    ChannelMove,
    ChannelState,
    next_state,
)
from risk.domain.network.channels import ChannelRules, Proposal, members_of, propose_channels
from risk.models import Channel, ChannelAct, ChannelConsignment, ChannelMember
from risk.selectors.channels import (
    beside,
    consignments_of,
    outdone,
    registration_numbers,
    shared_by,
    suspect_consignments,
)
from risk.selectors.office import midnight

# Any number that no other advisory lock of the database uses: only one proposes at a time.
PROPOSE_LOCK = 7_302_614_986
RULES = ChannelRules()
_ENDED = (ChannelState.DISMISSED, ChannelState.LIQUIDATED)
_SEARCH = "search"


@transaction.atomic
def propose_supply_channels(*, day: date, now: datetime) -> list[Channel]:
    """Channels of the window before the end of the day: new ones, and those that go on.

    A pattern that shares a consignment with a channel under way is that channel; a consignment is
    its registration number, so that an amendment is the same one. Where that are several, the
    oldest confirmed one, or else the oldest, has all of it, and those that are only suspected are
    joined to it; what people confirmed twice stays two. Of a channel that was dismissed
    or cut only consignments that are not in it count: a new channel follows it when enough of
    these came again. Repeating changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROPOSE_LOCK])
    until = midnight(day + timedelta(days=1))
    since = until - timedelta(days=RULES.window_days)
    closed = ChannelConsignment.objects.filter(channel__state__in=_ENDED, is_suspect=True)
    over = set(closed.values_list("declaration__registration_number", "channel__substance"))
    found = suspect_consignments(since, until)
    numbers = registration_numbers({one.declaration for one in found})
    suspect = [one for one in found if (numbers[one.declaration], int(one.substance)) not in over]
    importers = {one.importer for one in suspect}
    shared = shared_by(importers)
    near = importers.union(*shared.values())
    proposals = propose_channels(suspect, beside(near, since, until), shared, RULES)
    return [_stored(one, numbers, now) for one in proposals]


@transaction.atomic
def move_channel(
    *,
    channel_id: int,
    move: ChannelMove,
    reason: str,
    by: str,
    now: datetime,
    level: ChannelLevel | None = None,
) -> Channel:
    """Take the step, and set the level where one is given.

    Raises WrongState with the moves that are allowed, InvalidList without a reason.
    """
    row = Channel.objects.select_for_update().get(pk=channel_id)
    following = next_state(ChannelState(row.state), move)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is so")
    row.state, row.changed_at = following.value, now
    row.level = level.value if level else row.level
    row.save(update_fields=["state", "changed_at", "level"])
    ChannelAct.objects.create(
        channel=row,
        move=move.value,
        state=row.state,
        level=row.level,
        reason=reason.strip(),
        by=by,
        at=now,
    )
    return row


def _stored(proposal: Proposal, numbers: Mapping[int, str], now: datetime) -> Channel:
    own = {numbers[one.declaration] for one in proposal.consignments}
    same = Channel.objects.filter(
        substance=int(proposal.substance),
        consignments__declaration__registration_number__in=own,
        consignments__is_suspect=True,
    )
    open_ones = same.exclude(state__in=(*_ENDED, ChannelState.JOINED)).distinct()
    known = sorted(open_ones, key=lambda one: (one.state != ChannelState.CONFIRMED, one.pk))
    if known:
        row = known[0]
    else:
        level = ChannelLevel.INTERNATIONAL if proposal.is_international else ChannelLevel.REGIONAL
        row = Channel(
            substance_id=int(proposal.substance),
            level=level.value,
            proposed_at=now,
            follows=_predecessor(proposal),
        )
    _write_numbers(row, proposal, now)
    for other in known[1:]:
        if other.state == ChannelState.SUSPECTED:
            _join(other, row, now)
    _write_consignments(row, proposal)
    _write_members(row)
    return row


def _join(other: Channel, row: Channel, now: datetime) -> None:
    """The other channel becomes a part of this one, which gets its consignments of before."""
    other.state, other.joined_to, other.changed_at = ChannelState.JOINED.value, row, now
    other.save(update_fields=["state", "joined_to", "changed_at"])
    ChannelAct.objects.create(
        channel=other,
        move=ChannelMove.JOIN.value,
        state=other.state,
        level=other.level,
        reason=f"one pattern with channel {row.pk}",
        by=_SEARCH,
        at=now,
    )
    row.first_seen_at = min(row.first_seen_at, other.first_seen_at)
    row.save(update_fields=["first_seen_at"])
    ChannelConsignment.objects.bulk_create(
        [
            ChannelConsignment(
                channel=row,
                declaration_id=one.declaration_id,
                is_suspect=one.is_suspect,
                mass_kg=one.mass_kg,
            )
            for one in other.consignments.all()
        ],
        ignore_conflicts=True,
    )


def _predecessor(proposal: Proposal) -> Channel | None:
    """An ended channel of the substance in which one of the importers took part."""
    importers = {one.importer for one in proposal.consignments}
    ended = Channel.objects.filter(
        substance=int(proposal.substance),
        state__in=_ENDED,
        members__party__in=importers,
        members__role="importer",
    )
    return ended.order_by("-changed_at").first()


def _write_numbers(row: Channel, proposal: Proposal, now: datetime) -> None:
    """Earlier consignments that left the window stay in the channel and in its numbers."""
    moments = [one.accepted_at for one in proposal.consignments]
    row.score = round(proposal.score, 2)
    row.signs = msgspec.to_builtins(proposal.signs)
    row.first_seen_at = min([*moments, *([row.first_seen_at] if row.pk else [])])
    row.last_seen_at = max(moments)
    row.changed_at = row.changed_at or now
    row.declaration_count = row.declaration_count or 0
    row.mass_kg = row.mass_kg or Decimal(0)
    row.save()


def _write_consignments(row: Channel, proposal: Proposal) -> None:
    masses: dict[int, Decimal] = {}
    for one in proposal.consignments:
        masses[one.declaration] = masses.get(one.declaration, Decimal(0)) + one.mass_kg
    for is_suspect, given in (
        (True, masses),
        (False, {one.declaration: one.mass_kg for one in proposal.accompanying}),
    ):
        ChannelConsignment.objects.bulk_create(
            [
                ChannelConsignment(
                    channel=row, declaration_id=pk, is_suspect=is_suspect, mass_kg=mass
                )
                for pk, mass in given.items()
            ],
            update_conflicts=True,
            unique_fields=["channel", "declaration"],
            update_fields=["is_suspect", "mass_kg"],
        )
    row.consignments.filter(outdone()).delete()
    counted = row.consignments.filter(is_suspect=True).values_list("mass_kg", flat=True)
    row.declaration_count, row.mass_kg = len(counted), sum(counted, Decimal(0))
    row.save(update_fields=["declaration_count", "mass_kg"])


def _write_members(row: Channel) -> None:
    """Of all consignments, those before the window too; of merged parties the one they are now."""
    suspect, accompanying = consignments_of(row)
    counts = Counter(member for one in suspect for member in members_of(one))
    for one in accompanying:
        counts[IMPORTER, one.importer] += 0
    gone = [one.pk for one in row.members.all() if (one.role, one.party_id) not in counts]
    row.members.filter(pk__in=gone).delete()
    ChannelMember.objects.bulk_create(
        [
            ChannelMember(channel=row, party_id=party, role=role, declaration_count=count)
            for (role, party), count in counts.items()
        ],
        update_conflicts=True,
        unique_fields=["channel", "party", "role"],
        update_fields=["declaration_count"],
    )
