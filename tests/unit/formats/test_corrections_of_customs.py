"""Corrections of the union's declaration (KDTout_CU) are its next versions."""

import io

import pytest

from shipments.domain.formats import detect_format, format_by_key
from shipments.domain.records import ParsedDeclaration
from tests.unit.formats.golden import CONTEXT

ITEM = """<KDToutGoods><GoodsNumeric>{number}</GoodsNumeric>
  <GoodsDescription>{text}</GoodsDescription><GrossWeightQuantity>12</GrossWeightQuantity>
  <NetWeightQuantity>10</NetWeightQuantity><GoodsTNVEDCode>2914110000</GoodsTNVEDCode>
  <CustomsProcedure><MainCustomsModeCode>40</MainCustomsModeCode>
    <PrecedingCustomsModeCode>00</PrecedingCustomsModeCode></CustomsProcedure>
  <KDToutPresentedDocument><PrDocumentNumber>7</PrDocumentNumber>
    <PresentedDocumentModeCode>01011</PresentedDocumentModeCode></KDToutPresentedDocument>
</KDToutGoods>"""
CORRECTION = """<ED_Container><KDTout_CU><DocumentID>K1</DocumentID><KDTNumber>{count}</KDTNumber>
<CustomsProcedure>ИМ</CustomsProcedure><CustomsModeCode>40</CustomsModeCode>
<KDToutGoodsShipment>{total}
  <KTDoutConsignor><OrganizationName>Maker</OrganizationName></KTDoutConsignor>
  <KTDoutConsignee><EqualIndicator>1</EqualIndicator></KTDoutConsignee>
  <KTDoutDeclarant><OrganizationName>ТОО Пример</OrganizationName></KTDoutDeclarant>
  <KTDoutConsigment><DispatchCountryCode>CN</DispatchCountryCode></KTDoutConsigment>
  <KDToutMainContractTerms><ContractCurrencyCode>USD</ContractCurrencyCode></KDToutMainContractTerms>
  {items}
</KDToutGoodsShipment>
<GtdRegistryNumber><CustomsCode>55301</CustomsCode><RegistrationDate>2025-11-12</RegistrationDate>
<GTDNumber>0001234</GTDNumber></GtdRegistryNumber>
<KDTFilledInfo><ExecutionDate>2025-12-01</ExecutionDate></KDTFilledInfo>
<ChangeCode><PhaseChanges>2</PhaseChanges><BasisCompilation>07</BasisCompilation>
<QuantityChanges>1</QuantityChanges></ChangeCode></KDTout_CU></ED_Container>"""


def read(
    items: int, total: str, count: str = "2", text: str = "Ацетон", code: str = "2914110000"
) -> ParsedDeclaration:
    listed = "".join(ITEM.format(number=n, text=text) for n in range(1, items + 1))
    listed = listed.replace("2914110000", code)
    content = CORRECTION.format(count=count, total=total, items=listed).encode()
    assert detect_format("x", "", content).key == "eaeu"
    (place,) = format_by_key("eaeu").parse(io.BytesIO(content), context=CONTEXT)
    return place


def total(number: int) -> str:
    return f"<TotalGoodsNumber>{number}</TotalGoodsNumber>"


def test_correction_when_every_item_is_described_then_the_next_version() -> None:
    place = read(2, total(2))
    declaration = place.declaration
    assert declaration is not None
    assert (declaration.registration_number, declaration.version) == ("55301/121125/0001234", 3)
    assert declaration.document_kind == "import"
    assert (declaration.country_of_dispatch, declaration.currency) == ("CN", "USD")
    assert [party.role for party in declaration.parties] == ["consignor", "consignee", "declarant"]
    assert declaration.extra["change_code"] == "2071"
    item = declaration.items[1]
    assert (item.item_number, item.commodity_code, item.procedure_code) == (2, "2914110000", "4000")
    assert item.documents[0].code == "01011"
    assert [issue.code for issue in place.issues] == []


@pytest.mark.parametrize(
    ("items", "stated", "count"), [(1, total(2), 2), (0, total(2), 2), (0, "", None), (1, "", None)]
)
def test_correction_when_items_are_left_out_then_what_changes_with_its_source(items, stated, count):
    place = read(items, stated)
    assert place.declaration is None
    assert place.amendment is not None
    assert place.amendment.item_count == count
    change = place.amendment.declaration
    assert (change.version, change.country_of_dispatch, len(change.items)) == (3, "CN", items)
    assert place.issues == ()
    assert "<KDTout_CU>" in place.raw


def test_correction_when_one_of_its_items_is_bad_then_refused_as_a_whole() -> None:
    place = read(1, total(2), code="none")
    assert (place.declaration, place.amendment) == (None, None)
    grades = [(issue.code, issue.severity) for issue in place.issues]
    assert ("commodity_code_invalid", "quarantine") in grades
    assert ("amendment_incomplete", "reject") in grades


def test_correction_when_a_value_is_wrong_then_its_own_names_in_the_place() -> None:
    content = CORRECTION.format(count=1, total=total(1), items=ITEM.format(number=1, text="x"))
    wrong = content.replace("2914110000", "none").encode()
    (place,) = format_by_key("eaeu").parse(io.BytesIO(wrong), context=CONTEXT)
    place_of_fault = place.issues[0].column
    assert place_of_fault.endswith("KDTout_CU/KDToutGoodsShipment/KDToutGoods/GoodsTNVEDCode")


@pytest.mark.parametrize("count", ["", "x", "0", "-1"])
def test_correction_when_its_number_is_odd_then_no_crash(count: str) -> None:
    place = read(1, total(1), count=count)
    assert (place.declaration is None) == (count in ("", "x", "-1"))
    codes = [issue.code for issue in place.issues if issue.severity == "reject"]
    assert codes == (["version_missing"] if count == "" else codes[:1])
