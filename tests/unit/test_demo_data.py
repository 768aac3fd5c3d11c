"""The demo declarations hold together: records, identifiers, truth rows."""

import csv
import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from shipments.domain.records import DeclarationRecord, GoodsItemRecord
from shipments.domain.values import (
    IdentifierKind,
    PartyRoleKind,
    is_bin_valid,
    parse_cas_rn,
    parse_commodity_code,
    parse_country_code,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
DEMO = FIXTURES / "demo"
EXPECTED_OF_KIND = {"case": "flagged", "trap": "not_flagged", "permitted": "matched"}
PERMITS = {"01011", "01332"}


class StrictGoodsItem(GoodsItemRecord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A goods item that refuses a misspelt field."""


class StrictDeclaration(DeclarationRecord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A declaration that refuses a misspelt field, in itself and in its items."""

    items: tuple[StrictGoodsItem, ...] = ()


@pytest.fixture(scope="module")
def declarations() -> list[StrictDeclaration]:
    lines = (DEMO / "declarations.ndjson").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=StrictDeclaration) for line in lines]


@pytest.fixture(scope="module")
def truth() -> list[dict[str, str]]:
    with (DEMO / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def items(declarations: list[StrictDeclaration]) -> dict[tuple[str, int], StrictGoodsItem]:
    return {
        (declaration.registration_number, item.item_number): item
        for declaration in declarations
        for item in declaration.items
    }


def test_registration_numbers_when_read_then_300_unique_and_dated_as_accepted(
    declarations: list[StrictDeclaration],
) -> None:
    numbers = {declaration.registration_number for declaration in declarations}
    assert len(declarations) == len(numbers) == 300
    for declaration in declarations:
        number = declaration.registration_number
        assert re.fullmatch(r"\d{5}/\d{6}/\d{7}", number)
        assert declaration.accepted_at.utcoffset() is not None
        assert f"{declaration.accepted_at:%d%m%y}" == number.split("/")[1]
        assert declaration.customs_office == number.split("/")[0]


def test_items_when_read_then_numbered_from_one_with_valid_codes_and_masses(
    declarations: list[StrictDeclaration],
) -> None:
    for declaration in declarations:
        numbers = [item.item_number for item in declaration.items]
        assert numbers == list(range(1, len(numbers) + 1))
        assert 1 <= len(numbers) <= 4
        for item in declaration.items:
            assert parse_commodity_code(item.commodity_code) == item.commodity_code
            assert len(item.commodity_code) == 10
            assert parse_country_code(item.country_of_origin) == item.country_of_origin
            assert item.net_mass_kg is not None
            assert item.gross_mass_kg is not None
            assert 0 < item.net_mass_kg <= item.gross_mass_kg
            assert item.statistical_value is not None
            assert item.statistical_value > 0
            assert item.description.strip()
        assert declaration.invoice_amount == sum(
            item.invoice_value or 0 for item in declaration.items
        )


def test_parties_when_read_then_roles_present_and_bins_carry_their_check_digit(
    declarations: list[StrictDeclaration],
) -> None:
    required = {
        PartyRoleKind.CONSIGNOR,
        PartyRoleKind.CONSIGNEE,
        PartyRoleKind.IMPORTER,
        PartyRoleKind.DECLARANT,
        PartyRoleKind.CARRIER,
    }
    for declaration in declarations:
        assert required <= {party.role for party in declaration.parties}
        for party in declaration.parties:
            for identifier in party.identifiers:
                if identifier.kind is IdentifierKind.BIN:
                    assert is_bin_valid(identifier.value)
                if identifier.kind is IdentifierKind.PHONE:
                    assert re.fullmatch(r"\+77\d{9}", identifier.value)
                if identifier.kind is IdentifierKind.EMAIL:
                    assert re.fullmatch(r".+@(.+\.)?example\.(kz|com)", identifier.value)


def test_importers_when_counted_then_some_return_and_some_share_a_phone(
    declarations: list[StrictDeclaration],
) -> None:
    bins: Counter[str] = Counter()
    bins_of_phone: dict[str, set[str]] = {}
    for declaration in declarations:
        importer = next(p for p in declaration.parties if p.role is PartyRoleKind.IMPORTER)
        values = {i.value for i in importer.identifiers if i.kind is IdentifierKind.BIN}
        assert len(values) == 1
        bins.update(values)
        for identifier in importer.identifiers:
            if identifier.kind is IdentifierKind.PHONE:
                bins_of_phone.setdefault(identifier.value, set()).update(values)
    assert len(bins) >= 50
    assert sum(1 for count in bins.values() if count >= 3) >= 40
    assert sum(1 for shared in bins_of_phone.values() if len(shared) > 1) >= 2


def test_truth_when_read_then_rows_are_unique_and_refer_to_items(
    truth: list[dict[str, str]], items: dict[tuple[str, int], StrictGoodsItem]
) -> None:
    keys = [(row["registration_number"], int(row["item_number"])) for row in truth]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(items)
    for row in truth:
        assert row["expected"] == EXPECTED_OF_KIND[row["kind"]]
        assert row["substance_key"]
        assert row["reason"]


def test_truth_when_read_then_every_substance_is_on_a_list(truth: list[dict[str, str]]) -> None:
    listed: set[str] = set()
    for path in (FIXTURES / "lists").glob("*/entries.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            listed.update(row["substance_key"] for row in csv.DictReader(file))
    assert {row["substance_key"] for row in truth} <= listed


def test_truth_when_counted_then_a_dozen_cases_and_a_dozen_traps(
    truth: list[dict[str, str]],
) -> None:
    kinds = Counter(row["kind"] for row in truth)
    assert kinds["case"] >= 12
    assert kinds["trap"] >= 12
    assert kinds["permitted"] >= 5


def test_permits_when_present_then_only_on_permitted_items(
    truth: list[dict[str, str]], items: dict[tuple[str, int], StrictGoodsItem]
) -> None:
    permitted = {
        (row["registration_number"], int(row["item_number"]))
        for row in truth
        if row["kind"] == "permitted"
    }
    for key, item in items.items():
        codes = {document.code for document in item.documents}
        assert bool(PERMITS & codes) is (key in permitted)
        assert codes >= PERMITS or key not in permitted


def test_texts_when_read_then_many_chapters_and_several_scripts(
    items: dict[tuple[str, int], StrictGoodsItem],
) -> None:
    texts = [item.description for item in items.values()]
    assert 450 <= len(texts) <= 550
    assert len({item.commodity_code[:2] for item in items.values()}) >= 25
    assert sum(bool(re.search("[А-Яа-я]", text)) for text in texts) >= 300
    assert sum(bool(re.search("[一-鿿]", text)) for text in texts) >= 25
    assert sum(text.isascii() for text in texts) >= 40
    assert sum(bool(re.search("[ӘҒҚҢӨҰҮҺІ]", text)) for text in texts) >= 4


def test_cas_numbers_when_printed_then_carry_their_check_digit(
    items: dict[tuple[str, int], StrictGoodsItem],
) -> None:
    printed = [
        match
        for item in items.values()
        for match in re.findall(r"CAS (\d{2,7}-\d{2}-\d)", item.description)
    ]
    assert len(printed) >= 5
    for number in printed:
        assert parse_cas_rn(number) == number
