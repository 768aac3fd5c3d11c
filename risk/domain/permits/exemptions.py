"""Quantities up to which the law of the office does not control: what the entries of its lists
exempt, against what a declaration and its holder bring."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec

from risk.domain.substances import ExemptionPeriod, ListEntry, QuantityExemption, SubstanceKind
from shipments.domain.masses import litres_of, mass_of
from shipments.domain.units import mass_in_kg

CONTROLLING_KINDS = frozenset(
    {
        SubstanceKind.PRECURSOR,
        SubstanceKind.NARCOTIC,
        SubstanceKind.PSYCHOTROPIC,
        SubstanceKind.POTENT,
    }
)
"""Kinds whose entries ask for a permit; surveillance lists and equipment exempt from nothing."""


class ExemptionState(StrEnum):
    """Whether a consignment is exempted; everything but ``within`` says why it is not."""

    NOT_JUDGED = "not_judged"
    WITHIN = "within"
    EXCEEDED = "exceeded"
    NOT_EXEMPT = "not_exempt"
    QUANTITY_UNKNOWN = "quantity_unknown"
    DENSITY_UNKNOWN = "density_unknown"
    PERIOD_UNKNOWN = "period_unknown"
    HOLDER_UNKNOWN = "holder_unknown"


class ExemptionFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one list says of small quantities of a substance, and what came of it.

    ``amount`` in ``unit`` (g, kg, t, ml, l) over ``period``; None when the list is known to
    exempt nothing. ``counted`` is what was held against it, in kilograms or, against a volume,
    in litres; None where it could not be counted.
    """

    list_code: str
    amount: Decimal | None = None
    unit: str = ""
    period: str = ""
    state: str = ExemptionState.NOT_JUDGED.value
    counted: Decimal | None = None


class Brought(NamedTuple):
    """What a declaration brings of a substance, in kilograms and in litres, each None where an
    item does not state it, and the kilograms that its holder brought before it, by period; None
    where it is not known whose the goods are."""

    kg: Decimal | None
    litres: Decimal | None
    before_kg: Mapping[ExemptionPeriod, Decimal] | None


def exemptions_of(
    entries: Iterable[ListEntry], home: Collection[str]
) -> dict[str, tuple[ExemptionFacts, ...]]:
    """By substance what the lists ``home`` say of small quantities; only substances of which some
    of them exempts any.

    Each statement counts, so of several the strictest holds. An entry without one denies, unless
    its act was not seen: that neither exempts nor denies.
    """
    stated: dict[str, dict[ExemptionFacts, None]] = {}
    for entry in entries:
        if entry.list_code not in home or entry.kind not in CONTROLLING_KINDS:
            continue
        exemption = entry.exemption
        if exemption is not None:
            one = _statement(entry.list_code, exemption)
        elif entry.is_limit_known:
            one = ExemptionFacts(list_code=entry.list_code, state=ExemptionState.NOT_EXEMPT.value)
        else:
            continue
        stated.setdefault(entry.substance_key, {})[one] = None
    return {
        key: tuple(found)
        for key, found in stated.items()
        if any(one.amount is not None for one in found)
    }


def judged(stated: ExemptionFacts, goods: Brought) -> ExemptionFacts:
    """The statement with whether the goods are within it.

    >>> one = ExemptionFacts(list_code="A", amount=Decimal(12), unit="kg", period="consignment")
    >>> judged(one, Brought(Decimal(12), None, None)).state
    'within'
    """
    state, counted = _judge(stated, goods)
    return msgspec.structs.replace(stated, state=state.value, counted=counted)


def are_within(exemptions: Collection[ExemptionFacts]) -> bool:
    """Whether the goods are exempted: some list exempts them, and none of them denies it."""
    return bool(exemptions) and all(one.state == ExemptionState.WITHIN for one in exemptions)


def small_limit_kg(exemptions: Iterable[ExemptionFacts]) -> Decimal | None:
    """The smallest mass that some list exempts, whatever it counts over; None without any."""
    masses = [
        mass.kg
        for one in exemptions
        if one.amount is not None and (mass := mass_of(one.amount, one.unit, None)) is not None
    ]
    return min(masses, default=None)


def _statement(list_code: str, exemption: QuantityExemption) -> ExemptionFacts:
    return ExemptionFacts(
        list_code=list_code,
        amount=exemption.amount,
        unit=exemption.unit,
        period=exemption.period.value,
    )


# By whether the goods are stated in the other dimension.
_UNKNOWN = {True: ExemptionState.DENSITY_UNKNOWN, False: ExemptionState.QUANTITY_UNKNOWN}


def _judge(stated: ExemptionFacts, goods: Brought) -> tuple[ExemptionState, Decimal | None]:
    if stated.amount is None:
        return ExemptionState.NOT_EXEMPT, None
    if stated.period == ExemptionPeriod.UNKNOWN:
        return ExemptionState.PERIOD_UNKNOWN, None
    litres = litres_of(stated.amount, stated.unit)
    own, other = (goods.kg, goods.litres) if litres is None else (goods.litres, goods.kg)
    if own is None:
        return _UNKNOWN[other is not None], None
    limit = mass_in_kg(stated.amount, stated.unit) if litres is None else litres
    total: Decimal | None = own
    if stated.period != ExemptionPeriod.CONSIGNMENT and own <= limit:
        if goods.before_kg is None:
            return ExemptionState.HOLDER_UNKNOWN, own
        before = goods.before_kg[ExemptionPeriod(stated.period)]
        # What came before is known in kilograms: as litres only where nothing came.
        total = own + before if litres is None else own if not before else None
    if total is None:
        return ExemptionState.DENSITY_UNKNOWN, own
    return (ExemptionState.WITHIN if total <= limit else ExemptionState.EXCEEDED), total
