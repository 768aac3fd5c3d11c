"""The same declarations in every format, written one at a time: a file may be of any size."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

import msgspec
import xlsxwriter

from shipments.domain.formats.mapping import CsvMapping
from targeting.management.benchmarks.written_xml import (
    Declaration,
    Pieces,
    asycuda,
    eaeu,
    identifier_of,
    party_of,
    wco,
)

SUFFIXES = {
    "json": "json",
    "ndjson": "ndjson",
    "csv": "csv",
    "xlsx": "xlsx",
    "eaeu": "xml",
    "asycuda": "xml",
    "wco": "xml",
    "cusdec": "edi",
    "zip": "zip",
}
MAPPING = "generic_csv"
"""The mapping of columns by which the tables are written."""
SHEET_ROWS = 1_000_000
DECLARATIONS_AN_ENTRY = 200


def write_declarations(
    key: str, declarations: Iterable[Declaration], target: Path, mapping: CsvMapping
) -> None:
    """Write declarations (the fields of our JSON) as a file of the format ``key``.

    What a format has no place for is left out. A workbook ends before its last row; an archive
    holds files of the union's XML.
    """
    if key == "zip":
        _write_archive(declarations, target)
        return
    if key == "xlsx":
        _write_workbook(declarations, target, mapping)
        return
    with target.open("wb") as stream:
        if key == "csv":
            stream.writelines(_csv(declarations, mapping))
        else:
            stream.writelines(_TEXTS[key](declarations))


def _ndjson(declarations: Iterable[Declaration]) -> Pieces:
    for declaration in declarations:
        yield msgspec.json.encode(declaration) + b"\n"


def _json(declarations: Iterable[Declaration]) -> Pieces:
    opening = b"["
    for declaration in declarations:
        yield opening + msgspec.json.encode(declaration)
        opening = b",\n"
    yield b"]"


def _rows(declarations: Iterable[Declaration], mapping: CsvMapping) -> Iterator[list[str]]:
    # A column that fills two fields stands once.
    targets = {str(source.column): target for target, source in mapping.columns.items()}
    yield list(targets)
    for declaration in declarations:
        head = {
            key: str(value)
            for key, value in declaration.items()
            if not isinstance(value, list | dict)
        }
        head["transport_mode"] = ""
        head["containers"] = ";".join(declaration.get("containers", ()))
        for party in declaration.get("parties", ()):
            prefix = f"party.{party['role']}"
            head |= {f"{prefix}.{key}": party.get(key, "") for key in ("name", "country")}
            for identifier in party.get("identifiers", ()):
                head.setdefault(f"{prefix}.identifiers.{identifier['kind']}", identifier["value"])
        for item in declaration["items"]:
            row = head | {f"item.{key}": str(value) for key, value in item.items()}
            yield [row.get(target, "") for target in targets.values()]


def _csv(declarations: Iterable[Declaration], mapping: CsvMapping) -> Pieces:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    for row in _rows(declarations, mapping):
        writer.writerow(row)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _write_workbook(declarations: Iterable[Declaration], target: Path, mapping: CsvMapping) -> None:
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(_rows(declarations, mapping)):
            if number >= SHEET_ROWS:
                break
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)


def _write_archive(declarations: Iterable[Declaration], target: Path) -> None:
    left = iter(declarations)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in count(1):
            group = list(islice(left, DECLARATIONS_AN_ENTRY))
            if not group:
                return
            with archive.open(f"{number:05}.xml", "w") as entry:
                entry.writelines(eaeu(group))


def _cusdec(declarations: Iterable[Declaration]) -> Pieces:
    yield b"UNA:+.? 'UNB+UNOY:4+SENDER+RECEIVER+251112:1000+1'\n"
    number = 0
    for number, declaration in enumerate(declarations, 1):
        segments = [f"UNH+{number}+CUSDEC:D:96B:UN", *_cusdec_segments(declaration)]
        segments.append(f"UNT+{len(segments) + 1}+{number}")
        yield "".join(f"{segment}'\n" for segment in segments).encode()
    yield f"UNZ+{number}+1'".encode()


def _cusdec_segments(d: Declaration) -> Iterator[str]:
    moment = "".join(char for char in str(d["accepted_at"])[:10] if char.isdigit())
    yield f"BGM+929+{_released(d['registration_number'])}+9"
    yield f"RFF+ABT:{_released(d['registration_number'])}"
    yield f"DTM+148:{moment}:102"
    yield f"LOC+35+{d.get('country_of_dispatch', '')}"
    for role, qualifier in (("consignor", "CZ"), ("consignee", "CN"), ("declarant", "DT")):
        party = party_of(d, role)
        number = identifier_of(party, "bin", "tax_id")
        name = _released(party.get("name", ""))
        yield f"NAD+{qualifier}+{number}++{name}+++++{party.get('country', '')}"
    yield "UNS+D"
    for item in d["items"]:
        yield f"CST+{item['item_number']}+{item.get('commodity_code', '')}:122"
        yield f"FTX+AAA+++{_released(item['description'])}"
        yield f"LOC+27+{item.get('country_of_origin', '')}"
        yield f"MEA+WT+AAB+KGM:{item.get('gross_mass_kg', '')}"
        yield f"MEA+WT+AAA+KGM:{item.get('net_mass_kg', '')}"
        yield f"MOA+38:{item.get('invoice_value', '')}:{d.get('currency', '')}"
        for document in item.get("documents", ()):
            yield f"DOC+{document['code']}+{_released(document.get('number', ''))}"
    yield "UNS+S"


_SERVICE = str.maketrans({char: f"?{char}" for char in "?+:'"} | {"\n": " ", "\r": " "})


def _released(text: object) -> str:
    return str(text).translate(_SERVICE)


_TEXTS: dict[str, Callable[[Iterable[Declaration]], Pieces]] = {
    "json": _json,
    "ndjson": _ndjson,
    "eaeu": eaeu,
    "asycuda": asycuda,
    "wco": wco,
    "cusdec": _cusdec,
}
