"""Notice, authorisation, declaration, what was found and what was received, side by side.

Masses are in kilograms of the goods (net): what a register holds on another basis is converted
by what the declaration states, and an assumption is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

import msgspec

from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators.standing import (
    is_controlled,
    is_controlled_precursor,
    is_sure,
    needs_permit,
)
from risk.domain.outcomes import CONCLUSIVE
from risk.domain.permits.checks import Method, PermitFacts
from risk.domain.permits.claims import ExemptionClaim
from risk.domain.permits.exemptions import ExemptionFacts
from risk.domain.permits.notices import MASS_TOLERANCE, NoticeFacts
from risk.domain.permits.running import Running
from shipments.domain.masses import Basis, Makeup, convert_mass
from shipments.domain.returns import ReturnKind
from shipments.domain.values import Direction


class Side(StrEnum):
    """Who says it."""

    NOTICE = "notice"
    AUTHORISATION = "authorisation"
    DECLARATION = "declaration"
    FOUND = "found"
    RECEIVED = "received"


class Verdict(StrEnum):
    """What a side is worth beside the declaration; ``unknown``: nobody can tell."""

    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"
    NOT_REQUIRED = "not_required"
    UNKNOWN = "unknown"


_UNSURE = "not_surely_recognised"
ACCUSING = frozenset({Verdict.DIFFERS.value, Verdict.MISSING.value})


class Cell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One side. ``source`` is the number of the paper; ``reasons`` are codes of why, findings
    of the registers among them. ``value_kg`` is what the side says, ``difference_kg`` that less
    the declared mass; of an authorisation the value is what was left for this item.
    """

    side: str
    verdict: str
    source: str = ""
    reasons: tuple[str, ...] = ()
    value_kg: Decimal | None = None
    difference_kg: Decimal | None = None
    grounds: tuple[str, ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What an act of inspection says of the item; ``substance_key`` blank: nothing listed."""

    act_number: str
    result: str
    substance_key: str = ""
    mass_kg: Decimal | None = None


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What a holder reports of a substance of the item; ``kg`` on ``basis``."""

    number: str
    kind: str
    substance_key: str
    basis: str
    kg: Decimal


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One substance of one item; item 0 is the declaration as a whole. ``exemptions`` are what
    the lists of the office's law say of small quantities, with what came of it, ``claims`` what
    the item claims of this substance or of all that it is."""

    item_number: int
    substance_key: str
    cells: tuple[Cell, ...]
    running: Running | None = None
    exemptions: tuple[ExemptionFacts, ...] = ()
    claims: tuple[ExemptionClaim, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether no side differs or lacks, and nothing is split."""
        return not self.reasons


def four_way_check(
    facts: DeclarationFacts,
    found: Mapping[int, Sequence[Found]],
    reported: Mapping[int, Sequence[Reported]],
) -> tuple[Row, ...]:
    """A row for each controlled substance, and one for each notice that is awaited.

    ``found`` is by item number, 0 for acts about the whole, ``reported`` by item number. Cells
    are in the order of :class:`Side`.
    """
    rows: list[Row] = []
    for item in facts.items:
        acts = (*found.get(item.item_number, ()), *found.get(0, ()))
        keys = {match.substance_key for match in item.matches if is_controlled(match)}
        told = reported.get(item.item_number, ())
        rows.extend(_row(facts, item, key, acts, told) for key in sorted(keys))
    rows.extend(
        Row(
            item_number=one.item_number,
            substance_key=one.substance_key,
            cells=(
                Cell(
                    side=Side.NOTICE.value,
                    verdict=Verdict.DIFFERS.value,
                    source=one.number,
                    reasons=("awaited",),
                    value_kg=one.notified_kg,
                ),
                Cell(
                    side=Side.DECLARATION.value,
                    verdict=Verdict.MISSING.value,
                    reasons=("not_declared",),
                ),
            ),
            reasons=("notice:awaited",),
        )
        for one in facts.awaited
    )
    return tuple(rows)


def _row(
    facts: DeclarationFacts,
    item: ItemFacts,
    key: str,
    acts: Iterable[Found],
    reported: Iterable[Reported],
) -> Row:
    makeup = _makeup(item, key)
    running = next((one for one in item.running or () if one.substance_key == key), None)
    cells = (
        _notice_cell(facts, item, key, makeup),
        _authorisation_cell(facts, item, key, makeup),
        Cell(
            side=Side.DECLARATION.value,
            verdict=(Verdict.AGREES if item.net_mass_kg is not None else Verdict.UNKNOWN).value,
            source=facts.registration_number,
            reasons=() if item.net_mass_kg is not None else ("no_mass",),
            value_kg=item.net_mass_kg,
        ),
        _found_cell(item, key, tuple(acts)),
        _received_cell(item, [one for one in reported if one.substance_key == key], makeup),
    )
    reasons = [
        f"{cell.side}:{reason}"
        for cell in cells
        if cell.verdict in ACCUSING
        for reason in cell.reasons
    ]
    is_permitted = cells[1].verdict == Verdict.AGREES
    if running is not None and running.is_split and not is_permitted and _is_named(item, key):
        reasons.append("declaration:split")
    return Row(
        item_number=item.item_number,
        substance_key=key,
        cells=cells,
        running=running,
        exemptions=next((one.exemptions for one in item.matches if one.substance_key == key), ()),
        claims=tuple(one for one in item.claims if one.substance_key in ("", key)),
        reasons=tuple(reasons),
    )


def _makeup(item: ItemFacts, key: str) -> Makeup:
    stated = [match.concentration_pct for match in item.matches if match.substance_key == key]
    pct = next((one for one in stated if one), None)
    net, gross = item.net_mass_kg, item.gross_mass_kg
    return Makeup(
        gross_per_net=max(Decimal(1), gross / net) if net and gross else None,
        concentration_pct=pct,
    )


def _on_net(
    kg: Decimal | None, basis: str, makeup: Makeup
) -> tuple[Decimal | None, tuple[str, ...]]:
    """The mass of the goods; a solution of the permit's strength counts by its substance."""
    if kg is None or not basis or basis == Basis.SOLUTION:
        return None, ()
    mass = convert_mass(kg, Basis(basis), Basis.NET, makeup)
    return mass.kg.quantize(Decimal("0.000001")), mass.grounds


def _less(value: Decimal | None, declared: Decimal | None) -> Decimal | None:
    return None if value is None or declared is None else value - declared


def _notice_cell(facts: DeclarationFacts, item: ItemFacts, key: str, makeup: Makeup) -> Cell:
    side = Side.NOTICE.value
    own = [match for match in item.matches if match.substance_key == key]
    is_precursor = any(is_controlled_precursor(match) for match in own)
    if facts.direction != Direction.IMPORT or not is_precursor:
        reason = "not_an_import" if is_precursor else "no_precursor"
        return Cell(side=side, verdict=Verdict.NOT_REQUIRED.value, reasons=(reason,))
    if item.notices is None:
        return Cell(side=side, verdict=Verdict.UNKNOWN.value, reasons=("state_does_not_notify",))
    notice = _of_substance(item.notices, key)
    codes = tuple(one.code for one in notice.findings)
    if not notice.authority and _is_exempt(item, key):
        return Cell(side=side, verdict=Verdict.NOT_REQUIRED.value, reasons=("exempt",))
    if not notice.authority and not _is_named(item, key):
        return Cell(side=side, verdict=Verdict.UNKNOWN.value, reasons=(_UNSURE,))
    if not notice.authority:
        return Cell(side=side, verdict=Verdict.MISSING.value, source=notice.number, reasons=codes)
    value, grounds = _on_net(notice.notified_kg, notice.basis, makeup)
    return Cell(
        side=side,
        verdict=(Verdict.DIFFERS if codes else Verdict.AGREES).value,
        source=f"{notice.authority} {notice.number}",
        reasons=codes,
        value_kg=value,
        difference_kg=_less(value, item.net_mass_kg),
        grounds=grounds,
    )


def _is_exempt(item: ItemFacts, key: str) -> bool:
    """Whether so little of the substance needs no permit."""
    return not any(needs_permit(match) for match in item.matches if match.substance_key == key)


def _is_named(item: ItemFacts, key: str) -> bool:
    """Whether the item surely names the substance: of what it may be nothing is missing."""
    return any(is_sure(match) for match in item.matches if match.substance_key == key)


def _of_substance(notices: Sequence[NoticeFacts], key: str) -> NoticeFacts:
    return min(notices, key=lambda one: (one.substance_key != key, bool(one.findings)))


def _authorisation_cell(facts: DeclarationFacts, item: ItemFacts, key: str, makeup: Makeup) -> Cell:
    side = Side.AUTHORISATION.value
    if facts.direction == Direction.TRANSIT:
        return Cell(side=side, verdict=Verdict.NOT_REQUIRED.value, reasons=("transit",))
    if _is_exempt(item, key):
        return Cell(side=side, verdict=Verdict.NOT_REQUIRED.value, reasons=("exempt",))
    if item.permits is None:
        return Cell(side=side, verdict=Verdict.UNKNOWN.value, reasons=("register_not_kept",))
    named = [one for one in item.permits if one.method in (Method.DOCUMENT, Method.CONFIRMED)]
    if not named and not _is_named(item, key):
        return Cell(side=side, verdict=Verdict.UNKNOWN.value, reasons=(_UNSURE,))
    if not named:
        return Cell(side=side, verdict=Verdict.MISSING.value, reasons=("none",))
    permit = min(named, key=lambda one: (one.substance_key != key, bool(one.findings)))
    codes = _codes(permit, key)
    left = None
    if permit.balance_kg is not None and permit.drawn_kg is not None:
        left = permit.balance_kg + permit.drawn_kg
    value, grounds = _on_net(left, permit.basis, makeup)
    return Cell(
        side=side,
        verdict=(Verdict.DIFFERS if codes else Verdict.AGREES).value,
        source=f"{permit.authority} {permit.number}".strip(),
        reasons=codes,
        value_kg=value,
        difference_kg=_less(value, item.net_mass_kg),
        grounds=grounds,
    )


def _codes(permit: PermitFacts, key: str) -> tuple[str, ...]:
    codes = [one.code for one in permit.findings]
    if permit.substance_key not in ("", key) and not codes:
        codes.append("wrong_substance")
    return tuple(codes)


def _found_cell(item: ItemFacts, key: str, acts: Sequence[Found]) -> Cell:
    side = Side.FOUND.value
    told = [act for act in acts if act.result in CONCLUSIVE]
    if not told:
        reason = "inconclusive" if acts else "not_inspected"
        return Cell(side=side, verdict=Verdict.UNKNOWN.value, reasons=(reason,))
    act = told[0]
    difference = _less(act.mass_kg, item.net_mass_kg)
    reasons = []
    if act.substance_key and act.substance_key != key:
        reasons.append("other_substance")
    if difference and item.net_mass_kg and abs(difference) > MASS_TOLERANCE * item.net_mass_kg:
        reasons.append("other_mass")
    return Cell(
        side=side,
        verdict=(Verdict.DIFFERS if reasons else Verdict.AGREES).value,
        source=act.act_number,
        reasons=tuple(reasons),
        value_kg=act.mass_kg,
        difference_kg=difference,
    )


def _received_cell(item: ItemFacts, reported: Sequence[Reported], makeup: Makeup) -> Cell:
    """What the holder says it received, and that it used no more than that."""
    side = Side.RECEIVED.value
    received = [one for one in reported if one.kind == ReturnKind.RECEIVED]
    used = [one for one in reported if one.kind == ReturnKind.END_USE]
    if not reported:
        return Cell(side=side, verdict=Verdict.UNKNOWN.value, reasons=("not_reported",))
    received_kg, grounds = _sum_on_net(received, makeup)
    used_kg, used_grounds = _sum_on_net(used, makeup)
    declared = item.net_mass_kg
    difference = _less(received_kg if received else None, declared)
    reasons = []
    if difference is not None and declared and abs(difference) > MASS_TOLERANCE * declared:
        reasons.append("other_mass")
    at_hand = received_kg if received else declared
    if at_hand is not None and used_kg > at_hand * (1 + MASS_TOLERANCE):
        reasons.append("used_more_than_received")
    return Cell(
        side=side,
        verdict=(Verdict.DIFFERS if reasons else Verdict.AGREES).value,
        source=", ".join(one.number for one in reported),
        reasons=tuple(reasons),
        value_kg=received_kg if received else None,
        difference_kg=difference,
        grounds=tuple(dict.fromkeys((*grounds, *used_grounds))),
    )


def _sum_on_net(reported: Iterable[Reported], makeup: Makeup) -> tuple[Decimal, tuple[str, ...]]:
    total = Decimal(0)
    grounds: list[str] = []
    for one in reported:
        kg, by = _on_net(one.kg, one.basis, makeup)
        total += kg or 0
        grounds += by
    return total, tuple(grounds)
