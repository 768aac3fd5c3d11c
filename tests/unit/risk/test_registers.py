"""What an assessment knew of the registers."""

from decimal import Decimal

from msgspec.structs import replace

from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.notices import NoticeFacts
from risk.domain.permits.registers import known_papers
from risk.domain.permits.running import RequiredShare, Running
from risk.domain.scoring import decode_facts, encode_facts
from tests.unit.risk.builders import declaration_facts, item_facts


def total(declared: int, required: str) -> Running:
    need = RequiredShare(
        of="country", year=2025, required_kg=Decimal(required), declared_kg=Decimal(declared)
    )
    return Running(substance_key="acetone", importer_year_kg=Decimal(declared), needs=(need,))


def test_papers_when_only_declarations_differ_then_they_are_the_same():
    one = declaration_facts(item_facts(running=(total(1, "100.000000"),)))
    other = declaration_facts(item_facts(running=(total(7, "100"),), unit_price=Decimal(9)))
    assert known_papers(one) == known_papers(other)
    assert known_papers(one) != known_papers(
        declaration_facts(item_facts(running=(total(1, "9"),)))
    )


def test_papers_when_a_register_says_nothing_or_something_then_they_differ():
    silent = known_papers(declaration_facts(item_facts()))
    asked = known_papers(declaration_facts(item_facts(permits=())))
    told = known_papers(declaration_facts(item_facts(notices=(NoticeFacts(number="PEN1"),))))
    assert (silent.items, len(asked.items), len(told.items)) == ((), 1, 1)
    assert asked != told


def test_papers_when_stored_and_read_again_then_the_same():
    permit = PermitFacts(number="KZ1", balance_kg=Decimal("-0.5"), drawn_kg=Decimal(100))
    facts = declaration_facts(item_facts(permits=(permit,), running=(total(3, "0"),)))
    assert known_papers(decode_facts(encode_facts(facts))) == known_papers(facts)
    changed = replace(permit, balance_kg=Decimal(7))
    assert known_papers(declaration_facts(item_facts(permits=(changed,)))) != known_papers(facts)
