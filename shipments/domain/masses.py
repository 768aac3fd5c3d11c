"""Masses on different bases: with packing, of the goods, of the substance alone, of a solution.

The bases stand in a chain; a conversion walks it step by step, and every step says by which
figure it went: one that was stated, or one that was assumed because nobody stated any.
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from shipments.domain.errors import InvalidValue
from shipments.domain.units import parse_unit

_HUNDRED = Decimal(100)
_LITRES = {"ml": Decimal("0.001"), "l": Decimal(1), "1000 l": Decimal(1000), "m3": Decimal(1000)}


class Basis(StrEnum):
    """Of what a mass is meant.

    ``gross`` with packing, ``net`` the goods as they are, ``pure`` the substance alone,
    ``solution`` a solution of the concentration that the permit names.
    """

    GROSS = "gross"
    NET = "net"
    PURE = "pure"
    SOLUTION = "solution"


_CHAIN = (Basis.GROSS, Basis.NET, Basis.PURE, Basis.SOLUTION)


class Makeup(NamedTuple):
    """What turns one basis into another; None is not stated.

    ``gross_per_net`` kilograms with packing for one of goods; ``concentration_pct`` of the
    substance in the goods, percent by mass; ``solution_pct`` that of the permit's solution;
    ``density_kg_per_l`` of the goods.
    """

    gross_per_net: Decimal | None = None
    concentration_pct: Decimal | None = None
    solution_pct: Decimal | None = None
    density_kg_per_l: Decimal | None = None


class Mass(NamedTuple):
    """Kilograms on the basis asked for, with the figures by which they were found.

    ``grounds`` are ``<figure>=<value>``, with ``assumed:`` before what nobody stated.
    """

    kg: Decimal
    grounds: tuple[str, ...] = ()


def convert_mass(kg: Decimal, source: Basis, target: Basis, makeup: Makeup) -> Mass:
    """The mass on another basis.

    Without a stated concentration the goods count as pure, without masses of packing as
    unpacked, without the solution's as the pure substance. Raises ``makeup_impossible`` for
    a figure that is not above zero or a percentage above 100.

    >>> convert_mass(Decimal(200), Basis.NET, Basis.PURE, Makeup(concentration_pct=Decimal(35)))
    Mass(kg=Decimal('70.00'), grounds=('concentration_pct=35',))
    """
    place, end = _CHAIN.index(source), _CHAIN.index(target)
    grounds: list[str] = []
    while place != end:
        step = place if end > place else place - 1
        forward, name, assumed = _STEPS[step]
        figure = _figure(makeup, name, assumed, grounds)
        kg = forward(kg, figure) if end > place else _BACKWARD[step](kg, figure)
        place += 1 if end > place else -1
    return Mass(kg, tuple(grounds))


def mass_of(quantity: Decimal, unit: str, density_kg_per_l: Decimal | None) -> Mass | None:
    """The mass of a quantity in a unit of mass or of volume; None for a volume of unknown
    density and for what is neither. Raises ``unit_unknown``.

    >>> mass_of(Decimal(10), "l", Decimal("1.08"))
    Mass(kg=Decimal('10.80'), grounds=('density_kg_per_l=1.08',))
    """
    found = parse_unit(unit)
    if found.kg is not None:
        return Mass(quantity * found.kg)
    if found.key not in _LITRES or density_kg_per_l is None:
        return None
    grounds: list[str] = []
    density = _figure(Makeup(density_kg_per_l=density_kg_per_l), "density_kg_per_l", "1", grounds)
    return Mass(quantity * _LITRES[found.key] * density, tuple(grounds))


def litres_of(quantity: Decimal, unit: str) -> Decimal | None:
    """The volume of a quantity; None in what is no unit of volume. Raises ``unit_unknown``.

    >>> litres_of(Decimal(250), "ml")
    Decimal('0.250')
    """
    factor = _LITRES.get(parse_unit(unit).key)
    return None if factor is None else quantity * factor


def _figure(makeup: Makeup, name: str, assumed: str, grounds: list[str]) -> Decimal:
    stated: Decimal | None = getattr(makeup, name)
    if stated is None:
        grounds.append(f"assumed:{name}={assumed}")
        return Decimal(assumed)
    if stated <= 0 or (name.endswith("_pct") and stated > _HUNDRED):
        raise InvalidValue("makeup_impossible", value=f"{name}={stated}", allowed="above 0, to 100")
    grounds.append(f"{name}={stated.normalize():f}")
    return stated


_Step = Callable[[Decimal, Decimal], Decimal]
# From each basis of the chain to the next: how, by which figure, and what is assumed for it.
_STEPS: tuple[tuple[_Step, str, str], ...] = (
    (lambda kg, ratio: kg / ratio, "gross_per_net", "1"),
    (lambda kg, pct: kg * pct / _HUNDRED, "concentration_pct", "100"),
    (lambda kg, pct: kg * _HUNDRED / pct, "solution_pct", "100"),
)
_BACKWARD: tuple[_Step, ...] = (
    lambda kg, ratio: kg * ratio,
    lambda kg, pct: kg * _HUNDRED / pct,
    lambda kg, pct: kg * pct / _HUNDRED,
)
