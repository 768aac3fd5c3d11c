"""Preliminary information against the declaration: one consignment or not, and what differs."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from risk.domain.facts import AnnouncedDifference, AnnouncedFacts
from risk.domain.preliminary import (
    LINKED_FROM,
    PROPOSED_FROM,
    WEIGHTS,
    Difference,
    Stated,
    StatedItem,
    StatedParty,
    compare,
)
from tests.unit.risk.builders import declaration_facts, evaluate

ITEM = StatedItem(1, "2915240000", "Уксусный ангидрид технический", Decimal(1000), Decimal(1100))
IMPORTER = StatedParty("importer", "ТОО «Химпром»", ({"kind": "bin", "value": "990140000007"},))
CONSIGNOR = StatedParty("consignor", "Ornek Kimya A.Ş.")


def stated(**changes: object) -> Stated:
    values: dict[str, object] = {
        "registration_number": "PI-2026-17",
        "accepted_at": datetime(2026, 3, 1, tzinfo=UTC),
        "transport_id": "34ABC123",
        "country_of_dispatch": "TR",
        "containers": ("TRLU1234567",),
        "documents": (("02015", "CMR-1234"),),
        "parties": (IMPORTER, CONSIGNOR),
        "items": (ITEM,),
    }
    return Stated(**{**values, **changes})  # type: ignore[arg-type]


def declared(**changes: object) -> Stated:
    return stated(**{"registration_number": "55301/030326/0000001", **changes})


def item(**changes: object) -> Stated:
    return declared(items=(msgspec.structs.replace(ITEM, **changes),))


NOTHING = declared(
    transport_id="", containers=(), documents=(), parties=(), items=(), country_of_dispatch=""
)


def test_same_consignment_when_everything_agrees_then_sure_and_without_differences() -> None:
    found = compare(stated(), declared())
    assert found.is_linked
    assert set(found.grounds) == set(WEIGHTS) - {"reference"}
    assert found.differences == ()
    assert "net_mass_kg" in found.compared


def test_same_consignment_when_the_declaration_names_it_then_that_alone_suffices() -> None:
    found = compare(
        stated(), msgspec.structs.replace(NOTHING, documents=(("09999", "PI-2026-17"),))
    )
    assert (found.grounds, found.is_linked, found.compared) == (("reference",), True, ())


@pytest.mark.parametrize(
    ("shared", "state"),
    [
        ({"containers": ("TRLU1234567",)}, "linked"),
        ({"documents": (("02015", "CMR-1234"),)}, "linked"),
        ({"transport_id": "34ABC123"}, "proposed"),
        ({"transport_id": "34ABC123", "parties": (IMPORTER,), "items": (ITEM,)}, "linked"),
        ({"parties": (IMPORTER,)}, ""),
        ({"documents": (("03011", "CMR-1234"),)}, ""),
    ],
)
def test_same_consignment_when_this_is_shared_then_as_sure(shared, state) -> None:
    score = compare(stated(), msgspec.structs.replace(NOTHING, **shared)).score
    found = "linked" if score >= LINKED_FROM else "proposed" if score >= PROPOSED_FROM else ""
    assert found == state


def test_score_grows_with_every_ground_and_never_reaches_one() -> None:
    grounds = [
        {"containers": ("TRLU1234567",)},
        {"transport_id": "34ABC123"},
        {"documents": (("02015", "CMR-1234"),)},
        {"parties": (IMPORTER, CONSIGNOR)},
        {"items": (ITEM,)},
    ]
    scores, shared = [0.0], {}
    for ground in grounds:
        shared |= ground
        scores.append(compare(stated(), msgspec.structs.replace(NOTHING, **shared)).score)
    assert scores == sorted(set(scores))
    assert scores[-1] < 1


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (item(net_mass_kg=Decimal(500)), ("net_mass_kg", "1000", "500", 0.5, 0)),
        (item(gross_mass_kg=Decimal(2200)), ("gross_mass_kg", "1100", "2200", 0.5, 0)),
        (item(commodity_code="2915310000"), ("commodity_code", "2915240000", "2915310000", 0.5, 1)),
        (item(commodity_code="3824999609"), ("commodity_code", "2915240000", "3824999609", 1.0, 1)),
        (
            declared(parties=(StatedParty("consignee", "ТОО «Другое»"), CONSIGNOR)),
            ("importer", "ТОО «Химпром»", "ТОО «Другое»", 1.0, 0),
        ),
        (declared(country_of_dispatch="CN"), ("country_of_dispatch", "TR", "CN", 1.0, 0)),
    ],
)
def test_difference_when_one_thing_is_declared_otherwise_then_it_alone_is_told(
    other, difference
) -> None:
    assert compare(stated(), other).differences == (Difference(*difference),)


def test_difference_when_the_goods_are_others_then_told_with_both_texts() -> None:
    (found,) = compare(stated(), item(description="Футболки хлопчатобумажные")).differences
    assert (found.field, found.item_number) == ("description", 1)
    assert (found.announced, found.declared) == (ITEM.description, "Футболки хлопчатобумажные")
    assert 0.5 < found.share <= 1


@pytest.mark.parametrize(
    "other",
    [
        item(net_mass_kg=Decimal(960)),
        item(net_mass_kg=None),
        item(commodity_code="2915240009"),
        item(commodity_code="291524"),
        item(description="Acetic anhydride, technical"),
        item(description="АНГИДРИД УКСУСНЫЙ ТЕХНИЧЕСКИЙ, В БОЧКАХ"),
        declared(country_of_dispatch="00"),
        declared(parties=(StatedParty("importer", "HIMPROM LLP", IMPORTER.identifiers),)),
    ],
    ids=["within tolerance", "not stated", "subheading", "shorter", "translated", "reworded",
         "several countries", "spelt otherwise"],
)  # fmt: skip
def test_difference_when_there_is_none_to_speak_of_then_none_is_told(other) -> None:
    assert compare(stated(), other).differences == ()


def announced(*differences: AnnouncedDifference) -> AnnouncedFacts:
    compared = ("net_mass_kg", "commodity_code", "importer")
    return AnnouncedFacts(
        registration_number="PI-1", score=0.9, compared=compared, differences=differences
    )


def test_indicator_when_more_differs_then_stronger_and_it_says_what() -> None:
    half = AnnouncedDifference("net_mass_kg", 0.5)
    code = AnnouncedDifference("commodity_code", 0.5, 1)
    one, two = (
        evaluate("differs_from_preliminary", declaration_facts(announced=announced(*found)))
        for found in ((half,), (half, code))
    )
    assert (one.strength, one.params["fields"]) == (0.4, "net_mass_kg")
    assert (two.strength, two.params["fields"]) == (0.7, "commodity_code, net_mass_kg")
    assert two.params["preliminary"] == "PI-1"


def test_indicator_when_many_items_differ_in_one_field_then_the_strongest_counts_once() -> None:
    many = [AnnouncedDifference("commodity_code", 0.5, number) for number in range(1, 9)]
    facts = declaration_facts(announced=announced(*many))
    assert evaluate("differs_from_preliminary", facts).strength == 0.5


def test_indicator_when_announced_alike_then_quiet() -> None:
    facts = declaration_facts(announced=announced())
    assert evaluate("differs_from_preliminary", facts).outcome == "quiet"
