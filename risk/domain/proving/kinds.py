"""The kinds of planted cases and traps: an explicit registry each."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from risk.domain.proving import (
    plants_announced,
    plants_claims,
    plants_goods,
    plants_links,
    plants_names,
    plants_permits,
    traps,
)
from risk.domain.proving.cases import Case, Scene

PLANTED, TRAP = "planted", "trap"


class Kind(NamedTuple):
    """One kind: who makes a case of it, of how many declarations (least and most), within
    how many days, and how often an inspection of it finds something (0: nothing to find)."""

    make: Callable[[Scene], Case]
    sizes: tuple[int, int] = (1, 1)
    days: int = 1
    found: float = 0.85

    @property
    def code(self) -> str:
        """The name of the kind in the truth file: that of its function."""
        return self.make.__name__


PLANTS: tuple[Kind, ...] = (
    Kind(plants_names.typo),
    Kind(plants_names.transliteration),
    Kind(plants_names.inflection),
    Kind(plants_names.ocr),
    Kind(plants_names.mixed_alphabets),
    Kind(plants_names.cover_name_with_cas),
    Kind(plants_names.cover_name, found=0.7),
    Kind(plants_goods.wrong_code),
    Kind(plants_goods.basket_code),
    Kind(plants_goods.above_limit),
    Kind(plants_goods.below_limit, found=0.35),
    Kind(plants_goods.mixture),
    Kind(plants_permits.permit_missing, found=0.95),
    Kind(plants_permits.permit_expired, found=0.95),
    Kind(plants_permits.permit_borrowed, found=0.8),
    Kind(plants_permits.permit_overdrawn, (3, 4), 40, found=0.8),
    Kind(plants_permits.notice_without_declaration, found=0.6),
    Kind(plants_links.shared_phone_with_offender, found=0.5),
    Kind(plants_links.phoenix_firm, (2, 3), 40, found=0.55),
    Kind(plants_links.split_consignments, (4, 6), 14),
    Kind(plants_links.rerouted_transit, (2, 2), 9, found=0.6),
    Kind(plants_announced.declared_otherwise, (2, 2), 9, found=0.7),
    Kind(plants_links.new_importer),
    Kind(plants_links.reagent_basket, (3, 5), 45),
    Kind(plants_links.recurring_channel, (9, 14), 90),
    Kind(plants_claims.exemptions_claimed, (4, 7), 90, found=0.6),
)

TRAPS: tuple[Kind, ...] = (
    Kind(traps.shared_business_centre, (3, 5), 40, found=0.0),
    Kind(traps.big_innocent_broker, (2, 3), 10, found=0.0),
    Kind(traps.seasonal_importer, (3, 6), 30, found=0.0),
    Kind(traps.permitted_maker, (2, 4), 120, found=0.0),
    Kind(traps.innocent_neighbour, found=0.0),
    Kind(traps.absence, found=0.0),
    Kind(traps.derivative, found=0.0),
    Kind(traps.consumer_goods, found=0.0),
    Kind(plants_announced.declared_as_announced, (2, 2), 9, found=0.0),
    Kind(plants_claims.lawful_claimant, (3, 6), 120, found=0.0),
    Kind(plants_claims.claiming_clients, (4, 6), 30, found=0.0),
)

ALL_CODES: tuple[str, ...] = tuple(kind.code for kind in (*PLANTS, *TRAPS))


def chosen(codes: Sequence[str]) -> tuple[tuple[Kind, ...], tuple[Kind, ...]]:
    """The plants and traps of these codes; all of both when none is named.

    Raises ValueError with the unknown codes.
    """
    if unknown := [code for code in codes if code not in ALL_CODES]:
        raise ValueError(", ".join(unknown))
    return (
        tuple(kind for kind in PLANTS if not codes or kind.code in codes),
        tuple(kind for kind in TRAPS if not codes or kind.code in codes),
    )
