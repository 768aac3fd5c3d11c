"""A new firm that looks like one that was closed: who is behind it, where it sits, what it trades.

An offender that is struck off the register and goes on under another number keeps what is hard to
replace: its people, telephone, address, suppliers, goods. Each sign counts by how few firms share
it, so that a business centre or a common name makes no successor.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from shipments.domain.legal_entities import EntityTieKind

MOST_HOLDERS = 20
"""What more entries of the register share says nothing."""
EARLIEST_DAYS = -180
"""A successor may be founded so long before the other is closed."""
USUAL_DAYS = 365
"""Days after the closing within which a firm founded is looked at, unless told otherwise."""
NEEDED_POINTS = 5.0

_HEAD, _PERSON, _MOST_OF_PEOPLE = 3.0, 2.0, 6.0
_PHONE, _ADDRESS = 3.0, 2.0
_SUPPLIER, _MOST_OF_SUPPLIERS = 1.0, 2.0
_GOODS = 1.0
_UNKNOWN = MOST_HOLDERS + 1
# The supplier of every importer is no sign.
_MOST_SERVED = 20

Tie = tuple[EntityTieKind, str]


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the register. ``head`` and ``owners`` are keys of persons; ``suppliers`` are
    those of its declarations by how many importers each serves, ``goods`` their HS6."""

    key: int
    registered_on: date
    closed_on: date | None = None
    head: str = ""
    owners: frozenset[str] = frozenset()
    ties: frozenset[Tie] = frozenset()
    suppliers: Mapping[int, int] = {}
    goods: frozenset[str] = frozenset()


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the two have in common: ``head``, ``person``, ``phone``, ``address``,
    ``supplier`` or ``goods``. ``holders`` are the entries (of a supplier: importers) with it."""

    code: str
    value: str
    points: float
    holders: int = 2


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    """``days`` from the closing of the one to the founding of the other, negative before it."""

    predecessor: int
    successor: int
    days: int
    points: float
    signs: tuple[Sign, ...]


def are_in_time(old: Entity, new: Entity, within_days: int = USUAL_DAYS) -> bool:
    """Whether the one was closed and the other founded near enough to it, and later than it."""
    if old.closed_on is None or new.registered_on <= old.registered_on:
        return False
    return EARLIEST_DAYS <= (new.registered_on - old.closed_on).days <= within_days


def find_succession(
    old: Entity, new: Entity, holders: Mapping[Tie, int], within_days: int = USUAL_DAYS
) -> Succession | None:
    """What speaks for ``new`` going on for ``old``; None when it is too little.

    Needed are :data:`NEEDED_POINTS` from two sorts of signs, and of these a person or the
    telephone: neither an address nor a supplier nor goods are anybody's own. ``holders`` say how
    many entries of the register share a tie; one that is not among them counts nothing.
    """
    if old.closed_on is None or not are_in_time(old, new, within_days):
        return None
    signs = [
        *_people(old, new, holders),
        *_places(old, new, holders),
        *_suppliers(old, new),
        *_goods(old, new),
    ]
    sorts = {"person" if sign.code == "head" else sign.code for sign in signs}
    points = round(sum(sign.points for sign in signs), 2)
    if points < NEEDED_POINTS or len(sorts - {"goods"}) < 2 or not sorts & {"person", "phone"}:
        return None
    return Succession(
        predecessor=old.key,
        successor=new.key,
        days=(new.registered_on - old.closed_on).days,
        points=points,
        signs=tuple(sorted(signs, key=lambda sign: (-sign.points, sign.code, sign.value))),
    )


def _damped(points: float, holders: int) -> float:
    """All of it when nobody else has it, less with every other, nothing of a hub.

    >>> _damped(3.0, 2), _damped(3.0, 6), _damped(3.0, 21)
    (3.0, 1.0, 0.0)
    """
    return 0.0 if holders > MOST_HOLDERS else round(points * 2 / max(2, holders), 2)


def _people(old: Entity, new: Entity, holders: Mapping[Tie, int]) -> list[Sign]:
    """Heads and owners in common. Who is both counts once, and all together only so much."""
    ours, theirs = ({one.head, *one.owners} - {""} for one in (old, new))
    left, signs = _MOST_OF_PEOPLE, []
    for name in sorted(ours & theirs, key=lambda name: (name != old.head, name)):
        is_head = name == old.head == new.head
        count = holders.get((EntityTieKind.PERSON, name), _UNKNOWN)
        points = min(left, _damped(_HEAD if is_head else _PERSON, count))
        if points:
            code = "head" if is_head else "person"
            signs.append(Sign(code=code, value=name, points=points, holders=count))
            left -= points
    return signs


def _places(old: Entity, new: Entity, holders: Mapping[Tie, int]) -> list[Sign]:
    weights = {EntityTieKind.PHONE: _PHONE, EntityTieKind.ADDRESS: _ADDRESS}
    signs = []
    for tie in sorted(old.ties & new.ties):
        kind, value = tie
        count = holders.get(tie, _UNKNOWN)
        if kind in weights and (points := _damped(weights[kind], count)):
            signs.append(Sign(code=kind.value, value=value, points=points, holders=count))
    return signs


def _suppliers(old: Entity, new: Entity) -> list[Sign]:
    left, signs = _MOST_OF_SUPPLIERS, []
    shared = old.suppliers.keys() & new.suppliers.keys()
    for party in sorted(shared, key=lambda party: (new.suppliers[party], party)):
        count = new.suppliers[party]
        if count > _MOST_SERVED:
            continue
        points = min(left, _damped(_SUPPLIER, count))
        if points:
            signs.append(Sign(code="supplier", value=str(party), points=points, holders=count))
            left -= points
    return signs


def _goods(old: Entity, new: Entity) -> list[Sign]:
    """Half of what either traded, or more, was traded by both."""
    both = old.goods & new.goods
    share = len(both) / max(1, min(len(old.goods), len(new.goods)))
    if share < 0.5:
        return []
    return [Sign(code="goods", value=", ".join(sorted(both)[:10]), points=round(_GOODS * share, 2))]
