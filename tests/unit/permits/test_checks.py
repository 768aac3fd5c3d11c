"""What a declared permit is worth: each finding, and what must not be one."""

from datetime import date
from decimal import Decimal

import pytest

from risk.domain.permits.checks import (
    Consignment,
    Document,
    Drawn,
    Goods,
    Permit,
    PermitLine,
    check_named,
    chosen_line,
    drawn_mass,
    named_permits,
    propose,
)
from shipments.domain.authorisations import AuthorisationKind
from shipments.domain.masses import Basis, Mass

LICENCE = frozenset({AuthorisationKind.LICENCE})
KINDS = {"01011": LICENCE, "01332": frozenset({AuthorisationKind.FOREIGN_PERMIT})}
DAY = date(2026, 3, 10)
NAMED = Document("01011", "KZ1", 1)
ACETONE = Goods(net_mass_kg=Decimal(100), substances={"acetone": None})


def line(key: str = "acetone", number: int = 1, basis: Basis = Basis.NET, **more) -> PermitLine:
    return PermitLine(number, number, key, basis, Decimal(1000), **more)


def permit(*lines: PermitLine, **changes) -> Permit:
    own = Permit(
        pk=1,
        authority="МВД",
        number="KZ1",
        kind=AuthorisationKind.LICENCE,
        holder_id=7,
        holder_key="bin:1",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        lines=lines or (line(),),
    )
    return own._replace(**changes)


def consignment(**changes) -> Consignment:
    own = Consignment(DAY, DAY, "import", frozenset({"55301"}), frozenset({7}))
    return own._replace(**changes)


def findings_of(own: Permit, around: Consignment, drawn: Drawn | None = None, goods=ACETONE):
    (named,) = named_permits([NAMED], {"KZ1": [own]}, KINDS, goods)
    found = check_named(named, around, drawn, is_register_kept=True)
    return [one.code for one in found.findings]


def test_permit_when_it_covers_the_item_then_no_finding():
    drawn = Drawn(Decimal(100), Decimal(1000), 9)
    assert findings_of(permit(), consignment(), drawn) == []


@pytest.mark.parametrize(
    ("own", "around", "code"),
    [
        ({"valid_to": date(2026, 3, 9)}, {}, "expired"),
        ({"valid_from": date(2026, 3, 11)}, {}, "not_yet_valid"),
        ({"valid_to": DAY}, {"arrives_on": date(2026, 3, 11)}, "expiring_before_arrival"),
        ({"suspended_from": DAY}, {}, "suspended"),
        ({"revoked_from": date(2026, 1, 5)}, {}, "revoked"),
        ({}, {"party_ids": frozenset({8})}, "wrong_holder"),
        ({}, {"party_ids": frozenset({8}), "linked_ids": frozenset({7})}, "borrowed"),
        ({"border_office": "55302"}, {}, "wrong_office"),
        ({"direction": "export"}, {}, "wrong_direction"),
        ({"lines": (line("toluene"),)}, {}, "wrong_substance"),
    ],
)
def test_permit_when_one_thing_is_wrong_then_that_is_the_finding(own, around, code):
    assert findings_of(permit(**own), consignment(**around)) == [code]


@pytest.mark.parametrize(
    ("own", "around"),
    [
        ({"valid_to": DAY}, {}),
        ({"valid_to": None}, {}),
        ({"valid_from": DAY}, {}),
        ({"suspended_from": date(2026, 3, 11)}, {}),
        ({"revoked_from": date(2026, 3, 11)}, {}),
        ({}, {"party_ids": frozenset()}),
        ({}, {"party_ids": frozenset({7, 8})}),
        ({"border_office": "55301"}, {}),
        ({"border_office": "55301"}, {"offices": frozenset()}),
    ],
)
def test_permit_when_at_the_edge_or_unknown_then_no_finding(own, around):
    assert findings_of(permit(**own), consignment(**around)) == []


def test_permit_when_drawn_beyond_the_gram_then_over_drawn():
    beyond = Drawn(Decimal(100), Decimal("1000.000001"), 3)
    assert findings_of(permit(), consignment(), beyond) == ["over_drawn"]


def test_permit_for_one_consignment_when_on_two_declarations_then_told():
    single = permit(is_single_consignment=True)
    assert findings_of(single, consignment(), Drawn(Decimal(1), Decimal(2), 2)) == [
        "on_two_declarations"
    ]
    assert findings_of(single, consignment(), Drawn(Decimal(1), Decimal(1), 1)) == []


def test_number_when_the_register_keeps_none_of_the_kind_then_nothing_is_said():
    (named,) = named_permits([Document("01332", "CN9")], {}, KINDS, ACETONE)
    assert check_named(named, consignment(), None, is_register_kept=False) is None
    found = check_named(named, consignment(), None, is_register_kept=True)
    assert [one.code for one in found.findings] == ["unknown_number"]


def test_number_of_two_authorities_when_one_covers_the_goods_then_that_one():
    of_other = permit(line("toluene"), pk=2, authority="А")
    (named,) = named_permits([NAMED], {"KZ1": [of_other, permit()]}, KINDS, ACETONE)
    assert named[1].authority == "МВД"


def test_document_when_of_a_code_for_other_kinds_then_it_names_no_licence():
    (named,) = named_permits([Document("01332", "KZ1")], {"KZ1": [permit()]}, KINDS, ACETONE)
    assert named[1] is None


def test_line_when_the_stated_one_is_of_other_goods_then_the_one_that_covers():
    own = permit(line("toluene", 1), line("acetone", 2))
    assert chosen_line(own, 1, ACETONE).line_number == 2
    assert chosen_line(own, 2, Goods()).line_number == 2
    assert chosen_line(own, None, Goods()) is None


def test_item_without_a_permit_when_its_importer_holds_one_then_a_proposal_without_fault():
    late = permit(pk=2, number="KZ2", valid_to=date(2026, 2, 1))
    none, proposal = propose([permit(), late], ["acetone"], consignment())
    assert [(one.code, one.params) for one in none.findings] == [("none", {"proposals": 1})]
    assert (proposal.method, proposal.number, proposal.findings) == ("proposal", "KZ1", ())
    assert proposal.drawn_kg is None


@pytest.mark.parametrize(
    ("goods", "own", "kg", "grounds"),
    [
        (Goods(Decimal(100), Decimal(110)), line(), 100, ()),
        (Goods(Decimal(100), Decimal(110)), line(basis=Basis.GROSS), 110, ()),
        (Goods(None, Decimal(110)), line(), 110, ("assumed:gross_per_net=1",)),
        (
            Goods(Decimal(100), substances={"acetone": Decimal(60)}),
            line(basis=Basis.PURE),
            60,
            ("concentration_pct=60",),
        ),
        (
            Goods(quantity=Decimal(10), unit="l"),
            line(density_kg_per_l=Decimal("0.8")),
            8,
            ("density_kg_per_l=0.8",),
        ),
    ],
)
def test_goods_when_drawn_then_on_the_basis_of_the_line(goods, own, kg, grounds):
    assert drawn_mass(goods, own) == Mass(Decimal(kg), grounds)


def test_goods_when_no_mass_is_known_then_nothing_is_drawn():
    assert drawn_mass(Goods(quantity=Decimal(3), unit="pcs"), line()) is None
    assert drawn_mass(Goods(quantity=Decimal(3), unit="l"), line()) is None
