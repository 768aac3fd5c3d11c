"""Reagent baskets: found in what linked importers acquire, dismissed and opened by analysts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
from django.db import connection, transaction

from risk.domain.errors import InvalidList
from risk.domain.network.basket_states import BasketMove, BasketState, next_state
from risk.domain.network.baskets import Basket, BasketRules, find_baskets
from risk.models import BasketAcquisition, BasketAct, ReagentBasket, Substance
from risk.selectors.baskets import acquisitions, families
from risk.selectors.channels import outdone, registration_numbers, shared_by
from risk.selectors.office import midnight

# Any number that no other advisory lock of the database uses: only one looks at a time.
FIND_LOCK = 7_302_614_987
RULES = BasketRules()


@transaction.atomic
def find_reagent_baskets(*, day: date, now: datetime) -> list[ReagentBasket]:
    """Baskets of the window before the end of the day: new ones, and those that go on.

    A basket that shares a declaration, whatever its version, with one that is open is that
    basket. Of one that was dismissed only declarations that are not in it count. Repeating changes
    nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIND_LOCK])
    until = midnight(day + timedelta(days=1))
    since = until - timedelta(days=RULES.window_days)
    closed = BasketAcquisition.objects.filter(basket__state=BasketState.DISMISSED.value)
    over = set(closed.values_list("declaration__registration_number", "basket__family"))
    family_of = {key: one.code for one in families().values() for key in one.substances}
    bought = acquisitions(since, until)
    numbers = registration_numbers({one.declaration for one in bought})
    fresh = [
        one
        for one in bought
        if one.is_equipment or (numbers[one.declaration], family_of[one.substance]) not in over
    ]
    shared = shared_by({one.importer for one in fresh})
    found = find_baskets(fresh, families(), shared, RULES)
    keys = {one.substance for basket in found for one in basket.acquisitions}
    ids = dict(Substance.objects.filter(key__in=keys).values_list("key", "pk"))
    return [_stored(one, numbers, ids, now) for one in found]


@transaction.atomic
def move_basket(
    *, basket_id: int, move: BasketMove, reason: str, by: str, now: datetime
) -> ReagentBasket:
    """Take the step. Raises WrongState with the moves that are allowed, InvalidList without a
    reason."""
    row = ReagentBasket.objects.select_for_update().get(pk=basket_id)
    following = next_state(BasketState(row.state), move)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is so")
    row.state, row.changed_at = following.value, now
    row.save(update_fields=["state", "changed_at"])
    BasketAct.objects.create(basket=row, move=move.value, reason=reason.strip(), by=by, at=now)
    return row


def _stored(
    found: Basket, numbers: Mapping[int, str], substances: Mapping[str, int], now: datetime
) -> ReagentBasket:
    """Earlier acquisitions that left the window stay in the basket and in its numbers."""
    same = ReagentBasket.objects.filter(
        family=found.family,
        state=BasketState.OPEN.value,
        acquisitions__is_equipment=False,
        acquisitions__declaration__registration_number__in={
            numbers[one.declaration] for one in found.uncovered
        },
    )
    row = same.order_by("id").first() or ReagentBasket(
        family=found.family, found_at=now, changed_at=now, follows=_predecessor(found),
        first_seen_at=now, last_seen_at=now, declaration_count=0, substance_count=0,
        mass_kg=Decimal(0),
    )  # fmt: skip
    row.score = round(found.score, 2)
    row.signs = msgspec.to_builtins(found.signs)
    row.save()
    BasketAcquisition.objects.bulk_create(
        [
            BasketAcquisition(
                basket=row,
                goods_item_id=one.item,
                declaration_id=one.declaration,
                substance_id=substances[one.substance],
                party_id=one.importer,
                accepted_at=one.accepted_at,
                mass_kg=one.mass_kg,
                is_covered=one.is_covered,
                is_equipment=one.is_equipment,
            )
            for one in found.acquisitions
        ],
        update_conflicts=True,
        unique_fields=["basket", "goods_item"],
        update_fields=["substance", "party", "mass_kg", "is_covered", "is_equipment"],
    )
    return _counted(row)


def _counted(row: ReagentBasket) -> ReagentBasket:
    row.acquisitions.filter(outdone()).delete()
    beyond = [one for one in row.acquisitions.all() if not one.is_covered and not one.is_equipment]
    row.first_seen_at = min(one.accepted_at for one in beyond)
    row.last_seen_at = max(one.accepted_at for one in beyond)
    row.declaration_count = len({one.declaration_id for one in beyond})
    row.substance_count = len({one.substance_id for one in beyond})
    row.mass_kg = sum((one.mass_kg for one in beyond), Decimal(0))
    row.save()
    return row


def _predecessor(found: Basket) -> ReagentBasket | None:
    """The latest dismissed basket of the family in which one of the importers took part."""
    dismissed = ReagentBasket.objects.filter(
        family=found.family,
        state=BasketState.DISMISSED.value,
        acquisitions__party__in=found.importers,
    )
    return dismissed.order_by("-changed_at").first()
