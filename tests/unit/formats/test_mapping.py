"""Mappings: the shipped ones are valid, and a wrong one says what is wrong."""

from pathlib import Path

import pytest

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.mapping import is_target, mapping_by_key, read_mapping

MAPPINGS = Path(__file__).parents[3] / "fixtures" / "mappings"

MINIMAL = """
key = "{key}"
{file}
[columns]
registration_number = "Number"
accepted_at = "Date"
{columns}
"""


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_mapping_when_read_then_valid(path: Path) -> None:
    assert mapping_by_key(MAPPINGS, path.stem).key == path.stem


@pytest.mark.parametrize("key", ["nothing", "../mappings/wco_korea", ""])
def test_mapping_by_key_when_unknown_then_names_the_known(key: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        mapping_by_key(MAPPINGS, key)
    assert caught.value.code == "mapping_unknown"
    assert "wco_korea" in str(caught.value.params["allowed"])


@pytest.mark.parametrize(
    ("file", "columns", "key"),
    [
        ('file.delimiter = ";;"', "", "file.delimiter"),
        ('file.quote = ","', "", "file.quote"),
        ('file.encoding = "rot13"', "", "file.encoding"),
        ('file.decimal_mark = ";"', "", "file.decimal_mark"),
        ('file.thousands_mark = "."', "", "file.thousands_mark"),
        ('file.date_formats = ["%d"]', "", "file.date_formats"),
        ('file.time_zone = "Mars/Base"', "", "file.time_zone"),
        ("file.has_header = false", "", "columns.registration_number"),
        ("file.has_headers = true", "", "file"),
        ('constants.weather = "fine"', "", "constants.weather"),
        ("", 'weather = "Sky"', "columns.weather"),
        ("", '"item.net_mass_kg" = { colum = "x" }', "columns[...]"),
        ('values.direction = { a = "import" }', "", "values.direction"),
        ("not toml", "", ""),
    ],
)
def test_read_mapping_when_wrong_then_names_the_key(
    tmp_path: Path, file: str, columns: str, key: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL.format(key="mine", file=file, columns=columns), encoding="utf-8")
    with pytest.raises(InvalidValue) as caught:
        read_mapping(path)
    assert caught.value.code == "mapping_invalid"
    assert caught.value.params["file"] == "mine.toml"
    assert caught.value.params["key"] == key


@pytest.mark.parametrize(
    ("target", "is_valid"),
    [
        ("accepted_at", True),
        ("containers", True),
        ("item.net_mass_kg", True),
        ("item.extra.tax_rate", True),
        ("item.documents.licence.number", True),
        ("party.importer.name", True),
        ("party.importer.identifiers.bin", True),
        ("party.importer.role", False),
        ("party.king.name", False),
        ("party.importer.identifiers.passport", False),
        ("item.documents", False),
        ("items.net_mass_kg", False),
        ("", False),
    ],
)
def test_is_target_when_given_then_only_known_fields(target: str, is_valid: bool) -> None:
    assert is_target(target) is is_valid
