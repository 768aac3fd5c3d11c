"""What a declared permit is worth for a goods item: findings, each a code with its params."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec

from shipments.domain.authorisations import AuthorisationKind
from shipments.domain.masses import Basis, Makeup, Mass, convert_mass, mass_of


class FindingCode(StrEnum):
    """What is wrong with a permit, or that there is none."""

    NONE = "none"
    UNKNOWN_NUMBER = "unknown_number"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    EXPIRING_BEFORE_ARRIVAL = "expiring_before_arrival"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    WRONG_HOLDER = "wrong_holder"
    BORROWED = "borrowed"
    WRONG_SUBSTANCE = "wrong_substance"
    WRONG_OFFICE = "wrong_office"
    WRONG_DIRECTION = "wrong_direction"
    OVER_DRAWN = "over_drawn"
    ON_TWO_DECLARATIONS = "on_two_declarations"


class Method(StrEnum):
    """How a permit was found: the declaration names it, two people say so, or it would fit."""

    DOCUMENT = "document"
    CONFIRMED = "confirmed"
    PROPOSAL = "proposal"


class PermitFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding; ``params`` are plain values: days as text, masses in kg."""

    code: str
    params: dict[str, str | int | float] = {}


class PermitFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A permit beside a goods item, or the lack of one.

    ``drawn_kg`` is what the item draws on the line, None when it draws nothing;
    ``balance_kg`` what the line has left afterwards, as of the declaration. A proposal draws
    nothing and accuses of nothing.
    """

    method: str = ""
    substance_key: str = ""
    authority: str = ""
    number: str = ""
    document: str = ""
    line: int | None = None
    basis: str = ""
    granted_kg: Decimal | None = None
    drawn_kg: Decimal | None = None
    balance_kg: Decimal | None = None
    grounds: tuple[str, ...] = ()
    findings: tuple[PermitFinding, ...] = ()


class PermitLine(NamedTuple):
    """A line of a permit; masses in kg on its basis."""

    pk: int
    line_number: int
    substance_key: str
    basis: Basis
    granted_kg: Decimal
    solution_pct: Decimal | None = None
    density_kg_per_l: Decimal | None = None


class Permit(NamedTuple):
    """An authorisation as the register holds it; days are inclusive, None is never."""

    pk: int
    authority: str
    number: str
    kind: AuthorisationKind
    holder_id: int
    holder_key: str
    valid_from: date
    valid_to: date | None = None
    direction: str = ""
    border_office: str = ""
    is_single_consignment: bool = False
    suspended_from: date | None = None
    revoked_from: date | None = None
    lines: tuple[PermitLine, ...] = ()


class Document(NamedTuple):
    """A document of graph 44; ``number`` as it is compared."""

    code: str
    number: str
    licence_line: int | None = None


class Goods(NamedTuple):
    """The masses of a goods item as declared, None where not stated, and the substances that
    it names, each with the percent stated beside it."""

    net_mass_kg: Decimal | None = None
    gross_mass_kg: Decimal | None = None
    quantity: Decimal | None = None
    unit: str = ""
    substances: Mapping[str, Decimal | None] = {}


class Consignment(NamedTuple):
    """What a declaration says around its items.

    ``arrives_on`` is the day of arrival, stated or assumed. ``party_ids`` are those who may
    hold the permit: who imports, or, of an export, who sends. ``linked_ids`` are parties that
    share an identifier with them.
    """

    day: date
    arrives_on: date
    direction: str
    offices: frozenset[str] = frozenset()
    party_ids: frozenset[int] = frozenset()
    linked_ids: frozenset[int] = frozenset()


class Drawn(NamedTuple):
    """What an item drew on a line and what had been drawn with it, as of its declaration.

    ``total_kg`` holds its own; ``declarations`` counts them all.
    """

    mass_kg: Decimal
    total_kg: Decimal
    declarations: int
    grounds: tuple[str, ...] = ()


def confirmed_permits(
    line_ids: Iterable[int], permits: Iterable[Permit], goods: Goods
) -> list["Named"]:
    """Permits that two people say an item came under, as if a document without a code named
    them; only while the item names what the line is for."""
    wanted = frozenset(line_ids)
    return [
        (Document("", permit.number, line.line_number), permit, line)
        for permit in permits
        for line in permit.lines
        if line.pk in wanted and line.substance_key in goods.substances
    ]


Named = tuple[Document, Permit | None, PermitLine | None]


def named_permits(
    documents: Iterable[Document],
    permits: Mapping[str, Sequence[Permit]],
    kinds: Mapping[str, frozenset[AuthorisationKind]],
    goods: Goods,
) -> list[Named]:
    """Each document that may name a permit, with the permit and the line that it means.

    ``permits`` are by number. Of several with one number (of two authorities) the one that
    covers a substance of the item is taken, else the first by authority.
    """
    found: list[Named] = []
    for document in dict.fromkeys(documents):
        allowed = kinds.get(document.code, frozenset())
        fitting = [one for one in permits.get(document.number, ()) if one.kind in allowed]
        choices = [(one, chosen_line(one, document.licence_line, goods)) for one in fitting]
        choices.sort(key=lambda choice: (choice[1] is None, choice[0].authority, choice[0].pk))
        found.append((document, *(choices[0] if choices else (None, None))))
    return found


def chosen_line(permit: Permit, stated: int | None, goods: Goods) -> PermitLine | None:
    """The line that an item draws on: the stated one if it covers what the item names, else
    the first that does; of an item that names nothing known the stated or only one."""
    own = [line for line in permit.lines if line.line_number == stated]
    if goods.substances:
        ordered = (*own, *permit.lines)
        return next((line for line in ordered if line.substance_key in goods.substances), None)
    if own:
        return own[0]
    return permit.lines[0] if len(permit.lines) == 1 else None


def drawn_mass(goods: Goods, line: PermitLine) -> Mass | None:
    """What the goods draw on the line, on its basis; None when no mass is known.

    Goods declared by volume alone are weighed by the density that the permit states.
    """
    makeup = Makeup(
        gross_per_net=_packing(goods),
        concentration_pct=goods.substances.get(line.substance_key) or None,
        solution_pct=line.solution_pct,
    )
    if line.basis is Basis.GROSS and goods.gross_mass_kg is not None:
        return Mass(goods.gross_mass_kg)
    if goods.net_mass_kg is not None:
        return convert_mass(goods.net_mass_kg, Basis.NET, line.basis, makeup)
    if goods.gross_mass_kg is not None:
        return convert_mass(goods.gross_mass_kg, Basis.GROSS, line.basis, makeup)
    if goods.quantity is None or not goods.unit:
        return None
    weighed = mass_of(goods.quantity, goods.unit, line.density_kg_per_l)
    if weighed is None:
        return None
    mass = convert_mass(weighed.kg, Basis.NET, line.basis, makeup)
    return Mass(mass.kg, weighed.grounds + mass.grounds)


def _packing(goods: Goods) -> Decimal | None:
    if not goods.net_mass_kg or not goods.gross_mass_kg:
        return None
    return max(Decimal(1), goods.gross_mass_kg / goods.net_mass_kg)


def may_draw(permit: Permit, consignment: Consignment) -> bool:
    """Whether the declaration draws on the permit at all: a stranger who names it does not
    lessen what its holder has."""
    return permit.holder_id in consignment.party_ids


def check_named(
    named: Named, consignment: Consignment, drawn: Drawn | None, *, is_register_kept: bool
) -> PermitFacts | None:
    """What a declared permit is worth; None when the register holds none of that kind, so
    that a number it does not know says nothing."""
    document, permit, line = named
    if permit is None:
        if not is_register_kept:
            return None
        return PermitFacts(
            method=Method.DOCUMENT.value,
            number=document.number,
            document=document.code,
            findings=(_finding(FindingCode.UNKNOWN_NUMBER, number=document.number),),
        )
    findings = [*_by_day(permit, consignment), *_by_holder(permit, consignment)]
    if line is None:
        covered = sorted({one.substance_key for one in permit.lines})
        findings.append(_finding(FindingCode.WRONG_SUBSTANCE, covers=", ".join(covered)))
    findings.extend(_by_place(permit, consignment))
    balance = None
    if line is not None and drawn is not None:
        balance = line.granted_kg - drawn.total_kg
        findings.extend(_by_balance(permit, line, drawn))
    return PermitFacts(
        method=(Method.DOCUMENT if document.code else Method.CONFIRMED).value,
        substance_key=line.substance_key if line else "",
        authority=permit.authority,
        number=permit.number,
        document=document.code,
        line=line.line_number if line else None,
        basis=line.basis.value if line else "",
        granted_kg=line.granted_kg if line else None,
        drawn_kg=drawn.mass_kg if drawn else None,
        balance_kg=balance,
        grounds=drawn.grounds if drawn else (),
        findings=tuple(findings),
    )


def propose(
    permits: Iterable[Permit], substances: Iterable[str], consignment: Consignment
) -> tuple[PermitFacts, ...]:
    """For an item that names no permit: that there is none, and which ones would fit by
    holder, substance and day."""
    wanted = frozenset(substances)
    fitting = [
        PermitFacts(
            method=Method.PROPOSAL.value,
            substance_key=line.substance_key,
            authority=permit.authority,
            number=permit.number,
            line=line.line_number,
            basis=line.basis.value,
            granted_kg=line.granted_kg,
        )
        for permit in permits
        if may_draw(permit, consignment)
        and not (_by_day(permit, consignment) or _by_place(permit, consignment))
        for line in permit.lines
        if line.substance_key in wanted
    ]
    missing = PermitFacts(findings=(_finding(FindingCode.NONE, proposals=len(fitting)),))
    return (missing, *fitting)


def _by_day(permit: Permit, consignment: Consignment) -> list[PermitFinding]:
    day = consignment.day
    found = []
    for since, code in (
        (permit.revoked_from, FindingCode.REVOKED),
        (permit.suspended_from, FindingCode.SUSPENDED),
    ):
        if since is not None and since <= day:
            found.append(_finding(code, since=since.isoformat()))
    if day < permit.valid_from:
        found.append(_finding(FindingCode.NOT_YET_VALID, valid_from=permit.valid_from.isoformat()))
    if permit.valid_to is not None:
        last = permit.valid_to.isoformat()
        if permit.valid_to < day:
            found.append(_finding(FindingCode.EXPIRED, valid_to=last))
        elif permit.valid_to < consignment.arrives_on:
            arrives = consignment.arrives_on.isoformat()
            found.append(
                _finding(FindingCode.EXPIRING_BEFORE_ARRIVAL, valid_to=last, arrives_on=arrives)
            )
    return found


def _by_holder(permit: Permit, consignment: Consignment) -> list[PermitFinding]:
    if not consignment.party_ids or may_draw(permit, consignment):
        return []
    is_linked = permit.holder_id in consignment.linked_ids
    code = FindingCode.BORROWED if is_linked else FindingCode.WRONG_HOLDER
    return [_finding(code, holder=permit.holder_key)]


def _by_place(permit: Permit, consignment: Consignment) -> list[PermitFinding]:
    found = []
    if permit.direction and permit.direction != consignment.direction:
        found.append(_finding(FindingCode.WRONG_DIRECTION, direction=permit.direction))
    offices = consignment.offices
    if permit.border_office and offices and permit.border_office not in offices:
        found.append(_finding(FindingCode.WRONG_OFFICE, office=permit.border_office))
    return found


def _by_balance(permit: Permit, line: PermitLine, drawn: Drawn) -> list[PermitFinding]:
    found = []
    if drawn.total_kg > line.granted_kg:
        found.append(
            _finding(
                FindingCode.OVER_DRAWN,
                granted_kg=float(line.granted_kg),
                drawn_kg=float(drawn.total_kg),
            )
        )
    if permit.is_single_consignment and drawn.declarations > 1:
        found.append(_finding(FindingCode.ON_TWO_DECLARATIONS, declarations=drawn.declarations))
    return found


def _finding(code: FindingCode, **params: str | int | float) -> PermitFinding:
    return PermitFinding(code=code.value, params=params)
