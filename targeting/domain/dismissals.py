"""Dismissals that stand: what they cover, and what brings a repeat back to the queue."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from risk.domain.lanes import Lane, is_more_severe


class DismissalScope(StrEnum):
    """What a dismissal stands for beside its own alert."""

    IMPORTER = "importer"
    IMPORTER_SUBSTANCE = "importer_substance"
    WORDING = "wording"


class Return(StrEnum):
    """Why a repeat is not covered: the first of these that holds."""

    RANDOM = "random"
    RED = "red"
    OTHER_IMPORTER = "other_importer"
    OTHER_SUBSTANCE = "other_substance"
    OTHER_WORDING = "other_wording"
    LIST_CHANGED = "list_changed"
    HEAVIER_LANE = "heavier_lane"
    MORE_GOODS = "more_goods"
    NETWORK_CHANGED = "network_changed"


# Twice the goods are another class of quantity.
MORE_GOODS_FACTOR = 2


class AlertCase(msgspec.Struct, frozen=True, kw_only=True):
    """What an alert is about, as a dismissal remembers it.

    ``substances`` maps the keys that were flagged to what the lists said of them (codes and
    limits); ``wordings`` are digests of the flagged goods texts; ``mass_kg`` is the net mass of
    those items; ``shared_identifiers`` how many parties share one with the importer.
    """

    importer: int | None
    lane: str
    is_random_arm: bool = False
    substances: dict[str, str] = {}
    wordings: tuple[str, ...] = ()
    mass_kg: Decimal = Decimal(0)
    shared_identifiers: int | None = None


def why_it_returns(seen: AlertCase, scope: DismissalScope, case: AlertCase) -> Return | None:
    """Why the dismissal of ``seen`` does not cover ``case``; None when it does.

    What the random draw chose and what is red is never covered: the one would bend the sample,
    the other is let go by two persons each time.
    """
    is_of_importer = case.importer is not None and case.importer == seen.importer
    is_any_new = not case.substances.keys() <= seen.substances.keys()
    is_told_alike = bool(case.wordings) and set(case.wordings) <= set(seen.wordings)
    known = case.substances.keys() & seen.substances.keys()
    rules = (
        (Return.RANDOM, case.is_random_arm),
        (Return.RED, case.lane == Lane.RED),
        (Return.OTHER_IMPORTER, scope is not DismissalScope.WORDING and not is_of_importer),
        (Return.OTHER_SUBSTANCE, scope is not DismissalScope.IMPORTER and is_any_new),
        (Return.OTHER_WORDING, scope is DismissalScope.WORDING and not is_told_alike),
        (Return.LIST_CHANGED, any(seen.substances[key] != case.substances[key] for key in known)),
        (Return.HEAVIER_LANE, is_more_severe(Lane(case.lane), Lane(seen.lane))),
        (Return.MORE_GOODS, case.mass_kg > MORE_GOODS_FACTOR * seen.mass_kg),
        (Return.NETWORK_CHANGED, is_of_importer and _ties(case) > _ties(seen)),
    )
    return next((reason for reason, holds in rules if holds), None)


def _ties(case: AlertCase) -> int:
    return case.shared_identifiers or 0
