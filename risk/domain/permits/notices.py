"""A pre-export notification beside a goods item: is it the consignment that was notified?

What was notified is compared with what is declared, so that the answer is the same whichever
came first.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec

from risk.domain.permits.checks import Goods, PermitLine, drawn_mass
from shipments.domain.masses import Basis, Mass
from shipments.domain.notifications import NotificationState, may_proceed

# How far a ground speaks for one consignment by itself; together they are independent doubts.
# A reasoned start, not a measurement.
WEIGHTS = {
    "number": 0.95,
    "transport_document": 0.7,
    "importer": 0.5,
    "substance": 0.4,
    "exporter": 0.35,
    "mass": 0.3,
    "window": 0.2,
    "entry_point": 0.1,
}
MATCHED_FROM = 0.8
"""From this score on an item came under a notice until two people say otherwise: importer,
substance, window and one ground more, or the number."""
PROPOSED_FROM = 0.7
MASS_TOLERANCE = Decimal("0.05")
"""The part by which masses may differ: packing, moisture, rounding."""


class NoticeFindingCode(StrEnum):
    """What a notice, or its lack, says of a goods item."""

    NONE = "none"
    UNKNOWN_NUMBER = "unknown_number"
    OBJECTED = "objected"
    SUSPENDED = "suspended"
    BEFORE_REPLY = "before_reply"
    WRONG_IMPORTER = "wrong_importer"
    WRONG_EXPORTER = "wrong_exporter"
    WRONG_SUBSTANCE = "wrong_substance"
    DIVERTED = "diverted"
    OUTSIDE_WINDOW = "outside_window"
    MORE_THAN_NOTIFIED = "more_than_notified"


class NoticeFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding; ``params`` are plain values: days as text, masses in kg."""

    code: str
    params: dict[str, str | int | float] = {}


class NoticeFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The notice of a goods item, or the lack of one.

    ``is_named``: a document of the item names it. ``item_kg`` is what the item takes of
    ``notified_kg``, ``total_kg`` what was taken with it, as of the declaration; kilograms on
    the notice's ``basis``.
    """

    authority: str = ""
    number: str = ""
    substance_key: str = ""
    is_named: bool = False
    score: float = 0.0
    grounds: tuple[str, ...] = ()
    basis: str = ""
    notified_kg: Decimal | None = None
    item_kg: Decimal | None = None
    total_kg: Decimal | None = None
    findings: tuple[NoticeFinding, ...] = ()


class AwaitedNotice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notified consignment that nobody declared yet, while its importer declares other goods
    of the same exporter and the same mass: ``item_number`` is theirs."""

    number: str
    substance_key: str
    notified_kg: Decimal
    item_number: int


class Notice(NamedTuple):
    """A notification as the register holds it; ``line`` is its substance and quantity."""

    pk: int
    authority: str
    number: str
    direction: str
    state: NotificationState
    reply_due_on: date
    opens_on: date
    closes_on: date
    dispatch_on: date | None
    importer_id: int
    exporter_id: int
    exporter_names: frozenset[str]
    entry_point: str
    transport_document: str
    line: PermitLine


class DeclaredItem(NamedTuple):
    """A goods item and its declaration, as far as a notice can be held against them.

    ``notice_numbers`` are named by documents; ``importer_ids`` and ``exporter_ids`` are the
    parties that may be meant; ``exporter_names`` are normalised.
    """

    pk: int
    day: date
    goods: Goods
    notice_numbers: frozenset[str] = frozenset()
    transport_documents: frozenset[str] = frozenset()
    importer_ids: frozenset[int] = frozenset()
    exporter_ids: frozenset[int] = frozenset()
    exporter_names: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()


class Comparison(NamedTuple):
    """How sure it is, why, what is declared otherwise, and what the item takes, in kg."""

    score: float
    grounds: tuple[str, ...]
    differences: tuple[str, ...]
    mass: Mass | None

    @property
    def is_counted(self) -> bool:
        """Only the named importer uses a notice up: a stranger who names it takes nothing."""
        return "importer" in self.grounds


def compare_notice(notice: Notice, item: DeclaredItem) -> Comparison:
    """Whether the item is what was notified; each side that states nothing neither speaks for
    it nor differs."""
    mass = drawn_mass(item.goods, notice.line)
    said = dict(_compared(notice, item, mass))
    grounds = tuple(name for name in WEIGHTS if said.get(name))
    doubt = 1.0
    for ground in grounds:
        doubt *= 1.0 - WEIGHTS[ground]
    # A transport document or a number that differs says nothing: papers are many.
    told = ("importer", "exporter", "substance", "window", "entry_point", "mass")
    differences = tuple(name for name in told if said.get(name) is False)
    return Comparison(round(1.0 - doubt, 4), grounds, differences, mass)


def _compared(
    notice: Notice, item: DeclaredItem, mass: Mass | None
) -> Iterable[tuple[str, bool | None]]:
    yield "number", notice.number in item.notice_numbers
    document = notice.transport_document
    yield "transport_document", bool(document) and document in item.transport_documents
    yield "importer", notice.importer_id in item.importer_ids if item.importer_ids else None
    yield "exporter", _same_exporter(notice, item)
    substances = item.goods.substances
    yield "substance", notice.line.substance_key in substances if substances else None
    yield "mass", None if mass is None else is_near(mass.kg, notice.line.granted_kg)
    yield "window", notice.opens_on <= item.day <= notice.closes_on
    has_offices = bool(notice.entry_point and item.offices)
    yield "entry_point", notice.entry_point in item.offices if has_offices else None


def _same_exporter(notice: Notice, item: DeclaredItem) -> bool | None:
    if notice.exporter_id in item.exporter_ids:
        return True
    if not (notice.exporter_names and item.exporter_names):
        return None
    return not notice.exporter_names.isdisjoint(item.exporter_names)


def is_near(mass_kg: Decimal, notified_kg: Decimal) -> bool:
    """Whether two masses are one within the tolerance.

    >>> is_near(Decimal(104), Decimal(100)), is_near(Decimal(94), Decimal(100))
    (True, False)
    """
    return abs(mass_kg - notified_kg) <= MASS_TOLERANCE * notified_kg


def best_notices(
    candidates: Sequence[tuple[Notice, Comparison]], day: date, rejected: frozenset[int]
) -> list[tuple[Notice, Comparison, bool]]:
    """Which notices an item came under, each with whether that is sure enough.

    Those that its documents name, all of them; of the others the surest one, among equals
    that whose day of dispatch is nearest, then the first sent. ``rejected`` are ids that two
    people refused.
    """
    left = [one for one in candidates if one[0].pk not in rejected]
    named = [one for one in left if "number" in one[1].grounds]
    if named:
        return [(notice, found, True) for notice, found in named]
    others = [one for one in left if one[1].score >= PROPOSED_FROM]
    if not others:
        return []
    notice, found = min(others, key=lambda one: _preference(one[0], one[1], day))
    return [(notice, found, found.score >= MATCHED_FROM)]


def _preference(notice: Notice, found: Comparison, day: date) -> tuple[float, int, date, int]:
    away = abs((day - (notice.dispatch_on or day)).days)
    return -found.score, away, notice.opens_on, notice.pk


class Taken(NamedTuple):
    """What an item took of a notice: its own mass and the total with it, as of its declaration;
    ``differences`` and ``score`` as they were compared."""

    score: float
    grounds: tuple[str, ...]
    differences: tuple[str, ...]
    mass_kg: Decimal | None
    total_kg: Decimal


_BY_DIFFERENCE = {
    "importer": NoticeFindingCode.WRONG_IMPORTER,
    "exporter": NoticeFindingCode.WRONG_EXPORTER,
    "substance": NoticeFindingCode.WRONG_SUBSTANCE,
    "entry_point": NoticeFindingCode.DIVERTED,
    "window": NoticeFindingCode.OUTSIDE_WINDOW,
}


def check_notice(notice: Notice, taken: Taken, day: date) -> NoticeFacts:
    """What the notice that an item came under is worth on the day."""
    line = notice.line
    findings = list(_by_state(notice, day))
    findings += [
        NoticeFinding(code=code.value)
        for name, code in _BY_DIFFERENCE.items()
        if name in taken.differences
    ]
    if taken.total_kg > line.granted_kg * (1 + MASS_TOLERANCE):
        params: dict[str, str | int | float] = {
            "notified_kg": float(line.granted_kg),
            "total_kg": float(taken.total_kg),
        }
        findings.append(
            NoticeFinding(code=NoticeFindingCode.MORE_THAN_NOTIFIED.value, params=params)
        )
    return NoticeFacts(
        authority=notice.authority,
        number=notice.number,
        substance_key=line.substance_key,
        is_named="number" in taken.grounds,
        score=taken.score,
        grounds=taken.grounds,
        basis=line.basis.value,
        notified_kg=line.granted_kg,
        item_kg=taken.mass_kg,
        total_kg=taken.total_kg,
        findings=tuple(findings),
    )


def _by_state(notice: Notice, day: date) -> Iterable[NoticeFinding]:
    if notice.state is NotificationState.OBJECTED:
        yield NoticeFinding(code=NoticeFindingCode.OBJECTED.value)
    elif notice.state is NotificationState.SUSPENDED:
        yield NoticeFinding(code=NoticeFindingCode.SUSPENDED.value)
    elif not may_proceed(notice.state, notice.reply_due_on, day):
        due = notice.reply_due_on.isoformat()
        yield NoticeFinding(code=NoticeFindingCode.BEFORE_REPLY.value, params={"due": due})


def no_notice(numbers: Iterable[str]) -> NoticeFacts:
    """For an item that came under no notice: which number its documents name, if any."""
    number = min(numbers, default="")
    code = NoticeFindingCode.UNKNOWN_NUMBER if number else NoticeFindingCode.NONE
    return NoticeFacts(
        number=number, is_named=bool(number), findings=(NoticeFinding(code=code.value),)
    )


def awaited_notices(
    open_notices: Iterable[Notice], items: Iterable[tuple[int, DeclaredItem]]
) -> tuple[AwaitedNotice, ...]:
    """Notices that await their goods, beside items that could be them under another name: same
    importer, same exporter, same mass, in the window, and not the notified substance."""
    declared = list(items)
    found = []
    for notice in sorted(open_notices, key=lambda one: (one.number, one.pk)):
        for number, item in declared:
            said = compare_notice(notice, item)
            is_other = notice.line.substance_key not in item.goods.substances
            if is_other and {"importer", "exporter", "mass", "window"} <= set(said.grounds):
                found.append(
                    AwaitedNotice(
                        number=notice.number,
                        substance_key=notice.line.substance_key,
                        notified_kg=notice.line.granted_kg,
                        item_number=number,
                    )
                )
                break
    return tuple(found)


def notice_line(
    pk: int,
    substance_key: str,
    basis: Basis,
    notified_kg: Decimal,
    solution_pct: Decimal | None,
    density_kg_per_l: Decimal | None,
) -> PermitLine:
    """The substance and quantity of a notice, as the conversion of masses takes them."""
    return PermitLine(pk, 1, substance_key, basis, notified_kg, solution_pct, density_kg_per_l)
