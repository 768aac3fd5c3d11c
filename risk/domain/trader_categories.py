"""Trader categories: how well an importer is known, from its history, by written rules.

Whoever is not known is a high risk until a record speaks for it. The category is about the
trader, never about one consignment: it chooses no lane by itself.
"""

from enum import StrEnum

import msgspec


class TraderCategory(StrEnum):
    """Ordered from the best known; unknown traders are ``high``."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ReasonCode(StrEnum):
    """What decided the category, or kept it from a better one."""

    NOT_IDENTIFIED = "not_identified"
    NEVER_COMPUTED = "never_computed"
    RECENTLY_SEEN = "recently_seen"
    FEW_DECLARATIONS = "few_declarations"
    RECENT_OFFENCE = "recent_offence"
    EARLIER_OFFENCE = "earlier_offence"
    WATCHED = "watched"
    NOT_SETTLED = "not_settled"
    FEW_IN_THE_RECORD = "few_in_the_record"
    FEW_INSPECTIONS = "few_inspections"
    CLEAN_RECORD = "clean_record"


SENTENCES = {
    ReasonCode.NOT_IDENTIFIED: "Gave no number of a register, so its past cannot be told.",
    ReasonCode.NEVER_COMPUTED: "Not seen before the last monthly computation.",
    ReasonCode.RECENTLY_SEEN: "Days since its first declaration: {value} (at least {wanted}).",
    ReasonCode.FEW_DECLARATIONS: "Declarations in the period: {value} (at least {wanted}).",
    ReasonCode.RECENT_OFFENCE: "Acts in the period that found an offence: {value}.",
    ReasonCode.EARLIER_OFFENCE: "Days since the last act that found an offence: {value}.",
    ReasonCode.WATCHED: "Leads of the watchlist that it meets: {value}.",
    ReasonCode.NOT_SETTLED: "Days since its first declaration: {value} ({wanted} for low).",
    ReasonCode.FEW_IN_THE_RECORD: "Declarations in the period: {value} ({wanted} for low).",
    ReasonCode.FEW_INSPECTIONS: "Inspections in the period: {value} ({wanted} for low).",
    ReasonCode.CLEAN_RECORD: "Inspections in the period, none of which found an offence: {value}.",
}


class TraderHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an importer before a day.

    ``declarations`` and acts of inspection (``inspections``, of them ``offences``) are of the
    period before the day; ``days_known`` and ``days_since_offence`` look back as far as anything
    is kept, None when there is nothing. ``leads`` are those of the watchlist that hold on it.
    """

    is_identified: bool
    days_known: int | None = None
    declarations: int = 0
    inspections: int = 0
    offences: int = 0
    days_since_offence: int | None = None
    leads: int = 0


class CategoryRules(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds. ``known_…`` are the least for medium, ``settled_…`` the least for low."""

    period_months: int = 24
    known_days: int = 180
    known_declarations: int = 10
    settled_days: int = 3 * 365
    settled_declarations: int = 100
    settled_inspections: int = 5


class Reason(msgspec.Struct, frozen=True):
    """A code with the number that was found and the one that was wanted, where there are any."""

    code: ReasonCode
    value: int | None = None
    wanted: int | None = None

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code].format(value=self.value, wanted=self.wanted)


class Standing(msgspec.Struct, frozen=True):
    category: TraderCategory
    reasons: tuple[Reason, ...]


NEVER_COMPUTED = Standing(TraderCategory.HIGH, (Reason(ReasonCode.NEVER_COMPUTED),))
"""Of an importer that came after the last computation."""


def categorise(history: TraderHistory, rules: CategoryRules) -> Standing:
    """The category and every reason for it.

    High: unknown (no number, too short, too few) or an offence in the period. Low: long known,
    often inspected and never with an offence, no lead. Medium: all others, and the reasons say
    what keeps them from low. A lead links and does not accuse: it only keeps from low.

    >>> categorise(TraderHistory(is_identified=True, days_known=3), CategoryRules()).category
    <TraderCategory.HIGH: 'high'>
    """
    if against := _reasons_for_high(history, rules):
        return Standing(TraderCategory.HIGH, against)
    if between := _reasons_against_low(history, rules):
        return Standing(TraderCategory.MEDIUM, between)
    clean = Reason(ReasonCode.CLEAN_RECORD, history.inspections)
    return Standing(TraderCategory.LOW, (clean,))


def _reasons_for_high(history: TraderHistory, rules: CategoryRules) -> tuple[Reason, ...]:
    days, count = history.days_known or 0, history.declarations
    rows = (
        (not history.is_identified, Reason(ReasonCode.NOT_IDENTIFIED)),
        (history.offences > 0, Reason(ReasonCode.RECENT_OFFENCE, history.offences)),
        (days < rules.known_days, Reason(ReasonCode.RECENTLY_SEEN, days, rules.known_days)),
        (
            count < rules.known_declarations,
            Reason(ReasonCode.FEW_DECLARATIONS, count, rules.known_declarations),
        ),
    )
    return tuple(reason for holds, reason in rows if holds)


def _reasons_against_low(history: TraderHistory, rules: CategoryRules) -> tuple[Reason, ...]:
    days, count = history.days_known or 0, history.declarations
    rows = (
        (
            history.days_since_offence is not None,
            Reason(ReasonCode.EARLIER_OFFENCE, history.days_since_offence),
        ),
        (history.leads > 0, Reason(ReasonCode.WATCHED, history.leads)),
        (days < rules.settled_days, Reason(ReasonCode.NOT_SETTLED, days, rules.settled_days)),
        (
            count < rules.settled_declarations,
            Reason(ReasonCode.FEW_IN_THE_RECORD, count, rules.settled_declarations),
        ),
        (
            history.inspections < rules.settled_inspections,
            Reason(ReasonCode.FEW_INSPECTIONS, history.inspections, rules.settled_inspections),
        ),
    )
    return tuple(reason for holds, reason in rows if holds)
