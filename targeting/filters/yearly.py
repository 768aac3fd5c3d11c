"""The yearly table of substances, as Form D of the International Narcotics Control Board asks it.

What was seized and stopped, what was declared in and out, and what the country needs (Form D:
seizures of substances of Tables I and II, stopped shipments, licit trade, requirements). Masses
are net kilograms of goods as declared or as found: strengths are not applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from risk.domain.outcomes import Measure
from shipments.domain.values import Direction
from shipments.models import AnnualLegitimateRequirement
from targeting.filters.declarations import DeclarationFilter
from targeting.filters.narrowed import Query, rows_of
from targeting.filters.outcomes import OutcomeFilter
from targeting.filters.requirements import RequirementFilter
from targeting.selectors.counted_goods import counted_substances
from targeting.selectors.dossiers import scoped_declarations
from targeting.selectors.outcomes import scoped_outcomes
from targeting.selectors.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One column of the table: rows of the list ``resource`` under ``query``, in which
    ``substance`` is the parameter that names the substance."""

    code: str
    resource: str
    query: Query
    substance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """``count`` rows of a part (of trade: declarations), and their kilograms."""

    count: int
    mass_kg: Decimal


Table = Mapping[str, Mapping[str, Amount]]
"""By key of a substance, then by code of a part."""


def parts_of(year: int) -> tuple[Part, ...]:
    """The columns for a year of the offices' own days."""
    days = {"day_from": f"{date(year, 1, 1)}", "day_to": f"{date(year, 12, 31)}"}
    acts = {"current": "true", "found": "true", **days}
    seized: Query = {**acts, "measure": [Measure.SEIZED.value]}
    stopped: Query = {**acts, "measure": [Measure.DETAINED.value, Measure.RETURNED.value]}
    declared = {"cancelled": "false", **days}
    return (
        Part(code="seized", resource="outcome-list", query=seized, substance="substance"),
        Part(code="stopped", resource="outcome-list", query=stopped, substance="substance"),
        *(
            Part(
                code=f"{direction.value}ed",
                resource="declaration-list",
                query={**declared, "direction": direction.value},
                substance="flagged_substance",
            )
            for direction in (Direction.IMPORT, Direction.EXPORT)
        ),
        Part(
            code="required",
            resource="requirement-list",
            query={"year": f"{year}", "is_norm": "false"},
            substance="substance",
        ),
    )


def yearly_table(scope: Scope, *, year: int) -> Table:
    """What each substance came to in each part. Five queries."""
    readers = {
        "outcome-list": _found,
        "declaration-list": _declared,
        "requirement-list": _required,
    }
    table: dict[str, dict[str, Amount]] = {}
    for part in parts_of(year):
        for key, amount in readers[part.resource](part.query, scope).items():
            table.setdefault(key, {})[part.code] = amount
    return dict(sorted(table.items()))


def _found(query: Query, scope: Scope) -> dict[str, Amount]:
    acts = rows_of(OutcomeFilter, query, scoped_outcomes(scope))
    rows = (
        acts.order_by()
        .values(key=F("found_substance__key"))
        .annotate(count=Count("pk"), mass_kg=Coalesce(Sum("found_mass_kg"), Decimal(0)))
    )
    return {row["key"]: Amount(count=row["count"], mass_kg=row["mass_kg"]) for row in rows}


def _declared(query: Query, scope: Scope) -> dict[str, Amount]:
    declarations = rows_of(DeclarationFilter, query, scoped_declarations(scope))
    return {
        one.key: Amount(count=one.declarations, mass_kg=one.mass_kg)
        for one in counted_substances(declarations)
    }


def _required(query: Query, scope: Scope) -> dict[str, Amount]:
    """Who reads the statistics reads the whole register."""
    rows = rows_of(RequirementFilter, query, AnnualLegitimateRequirement.objects.all())
    sums = (
        rows.order_by()
        .values(key=F("substance_key"))
        .annotate(count=Count("pk"), mass_kg=Sum("required_kg"))
    )
    return {row["key"]: Amount(count=row["count"], mass_kg=row["mass_kg"]) for row in sums}
