"""What an importer declared of a substance so far, against what is small and what is needed."""

from decimal import Decimal
from enum import StrEnum

import msgspec

SPLIT_COUNT = 3
"""From so many small consignments on, which together exceed the limit, they are seen as one."""
SPLIT_DAYS = 30
STALE_AFTER_DAYS = 2 * 365
"""A requirement stated longer ago speaks of another year's needs."""


class RequiredOf(StrEnum):
    """Whose need it is."""

    COUNTRY = "country"
    HOLDER = "holder"


class RequiredShare(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is needed in a year, and what was declared of it from the beginning of the
    declaration's year up to this item, itself included.

    Kilograms of the substance alone; goods without a stated percent count as pure.
    ``year`` is that of the requirement, which holds until another replaces it; ``age_days``
    since it was stated. Where nobody stated a need there is no share: that is not zero.
    """

    of: str
    year: int
    required_kg: Decimal
    declared_kg: Decimal
    age_days: int = 0

    @property
    def share(self) -> Decimal | None:
        """Declared of what is needed; None where nothing is needed at all."""
        return self.declared_kg / self.required_kg if self.required_kg else None

    @property
    def is_exceeded(self) -> bool:
        """Whether more was declared than is needed."""
        return self.declared_kg > self.required_kg

    @property
    def is_stale(self) -> bool:
        """Whether it was stated too long ago to weigh in full."""
        return self.age_days > STALE_AFTER_DAYS


class Running(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the importer, and those who share an identifier with it, declared of the substance
    up to this item, itself included; net kilograms of full declarations of import.

    ``small`` are consignments up to the limit of ``small_limit_kg`` within
    :data:`SPLIT_DAYS`: what the entries of the day exempt, else what counts as small anyway.
    ``importer_month_kg`` is of the month before, None in totals of before it was kept."""

    substance_key: str = ""
    importer_year_kg: Decimal = Decimal(0)
    importer_month_kg: Decimal | None = None
    group_year_kg: Decimal = Decimal(0)
    group_size: int = 1
    small_count: int = 0
    small_kg: Decimal = Decimal(0)
    small_limit_kg: Decimal | None = None
    needs: tuple[RequiredShare, ...] = ()

    @property
    def is_split(self) -> bool:
        """Whether several consignments, each small, are one that is not."""
        limit = self.small_limit_kg
        return limit is not None and self.small_count >= SPLIT_COUNT and self.small_kg > limit

    @property
    def is_exceeded(self) -> bool:
        """Whether more was declared than somebody said is needed."""
        return any(one.is_exceeded for one in self.needs)
