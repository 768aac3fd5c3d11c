"""How the columns of a national CSV file become the fields of a declaration.

A mapping is a TOML file that people write, so every fault names the file, the key, the
value and what is allowed.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import msgspec

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import fields

ISO_FORMAT = "iso"
DATE_ORDERS = ("day_first", "month_first")
# What the sender of a file may state about it, beside the mapping.
CHOOSABLE = ("delimiter", "encoding", "decimal_mark", "date_order")

# Python knows more codecs, some of which are no character sets at all.
ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1254",
    "iso-8859-1",
    "iso-8859-5",
    "iso-8859-9",
    "koi8-r",
    "cp866",
    "gb18030",
    "euc-kr",
    "shift_jis",
)


class ColumnSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a field comes from: a header name, or a position from 1 without a header.

    ``prefix`` is put before a value that is not empty, so that the identifiers of one
    country cannot meet those of another.
    """

    column: str | int
    prefix: str = ""


class FileHabits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the file is written; what is empty is found out from its first rows.

    ``date_formats`` are tried in order: strptime patterns, or ``iso``; ``date_order`` says
    what stands first where the patterns are found out. ``time_zone`` is the zone of times
    that state none; a day without a time is its midnight there.
    """

    delimiter: str = ""
    quote: str = '"'
    encoding: str = ""
    has_header: bool = True
    decimal_mark: str = ""
    thousands_mark: str = ""
    date_formats: tuple[str, ...] = ()
    date_order: str = ""
    time_zone: str = ""


class CsvMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One national CSV layout. ``constants`` and ``columns`` are keyed by target.

    A target is a field of the declaration (``accepted_at``), of the item
    (``item.net_mass_kg``), of a party (``party.importer.name``), an identifier
    (``party.importer.identifiers.bin``), a document under a label of the mapping's own
    (``item.documents.licence.number``), or text to keep (``extra.x``, ``item.extra.x``).
    ``values`` translates the declarant's codes per target; a code that is not in the
    table goes through as it is. Columns that neither a target nor ``ignored`` names are kept
    as unknown fields of the item; ``ignored = ["*"]`` leaves them all out.
    """

    key: str
    title: str = ""
    file: FileHabits = FileHabits()
    constants: dict[str, str] = {}
    columns: dict[str, ColumnSource]
    ignored: tuple[str | int, ...] = ()
    values: dict[str, dict[str, str]] = {}


def read_mapping(path: Path) -> CsvMapping:
    """The mapping in a TOML file; raises InvalidValue ``mapping_invalid``.

    Params of the error: ``file``, ``key``, ``value``, ``allowed``.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise _invalid(path, "", str(fault), "a TOML file in UTF-8") from None
    columns = tree.get("columns")
    if isinstance(columns, dict):
        tree["columns"] = {
            target: {"column": source} if isinstance(source, str | int) else source
            for target, source in columns.items()
        }
    try:
        mapping = msgspec.convert(tree, CsvMapping)
    except msgspec.ValidationError as fault:
        message, _, place = str(fault).partition(" - at `$.")
        raise _invalid(path, place.rstrip("`"), "", message) from None
    for key, value, allowed in _faults(mapping):
        raise _invalid(path, key, value, allowed)
    if mapping.key != path.stem:
        raise _invalid(path, "key", mapping.key, path.stem)
    return mapping


def mapping_by_key(folder: Path, key: str) -> CsvMapping:
    """The mapping of this key in a folder, with the habits that follow behind a question mark.

    ``generic_csv?date_order=month_first&delimiter=%7C``: see :func:`with_habits`, which also
    says what is raised for these. Raises InvalidValue ``mapping_unknown``. Keys are compared
    with the names in the folder, so no key can point outside it.
    """
    name, _, stated = key.partition("?")
    known = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    if name not in known:
        raise InvalidValue("mapping_unknown", value=name, allowed=", ".join(known))
    return with_habits(read_mapping(known[name]), dict(parse_qsl(stated)))


def with_habits(mapping: CsvMapping, stated: Mapping[str, str]) -> CsvMapping:
    """The mapping for a file whose sender states habits of its own (:data:`CHOOSABLE`).

    They win over those of the mapping and stand in its key, so that the same file read
    otherwise is another batch. Raises InvalidValue ``habit_invalid``, with the habit as
    ``field``.
    """
    wanted = {name: value for name, value in sorted(stated.items()) if value}
    if not wanted:
        return mapping
    for name in wanted.keys() - set(CHOOSABLE):
        raise InvalidValue("habit_invalid", field=name, value="", allowed=", ".join(CHOOSABLE))
    file = msgspec.structs.replace(mapping.file, **wanted)
    if "decimal_mark" in wanted:
        file = msgspec.structs.replace(file, thousands_mark="")
    if "date_order" in wanted:
        file = msgspec.structs.replace(file, date_formats=())
    for key, value, allowed in _faults_of_file(file):
        name = key.removeprefix("file.")
        raise InvalidValue("habit_invalid", field=name, value=value, allowed=allowed)
    return msgspec.structs.replace(mapping, key=f"{mapping.key}?{urlencode(wanted)}", file=file)


def _invalid(path: Path, key: str, value: str, allowed: str) -> InvalidValue:
    return InvalidValue("mapping_invalid", file=path.name, key=key, value=value, allowed=allowed)


def _faults(mapping: CsvMapping) -> list[tuple[str, str, str]]:
    """What is wrong in a mapping of the right shape, as key, value, allowed."""
    faults = _faults_of_file(mapping.file)
    for table in ("columns", "constants"):
        for target in getattr(mapping, table):
            if not is_target(target):
                faults.append((f"{table}.{target}", target, "a field of the declaration"))
    for target, source in mapping.columns.items():
        key = f"columns.{target}"
        if mapping.file.has_header and not isinstance(source.column, str):
            faults.append((key, str(source.column), "a header name"))
        if not mapping.file.has_header and not (
            isinstance(source.column, int) and source.column >= 1
        ):
            faults.append((key, str(source.column), "a column position from 1"))
    for target in fields.REQUIRED_FIELDS:
        if target not in mapping.columns:
            faults.append((f"columns.{target}", "", "a column for this field"))
    for target in mapping.values:
        if target not in mapping.columns:
            faults.append((f"values.{target}", target, "a target of [columns]"))
    return faults


def _faults_of_file(habits: FileHabits) -> list[tuple[str, str, str]]:
    faults = []
    if len(habits.delimiter) > 1 or (habits.delimiter in "\r\n\0" and habits.delimiter):
        faults.append(("file.delimiter", habits.delimiter, "one character"))
    if len(habits.quote) != 1 or habits.quote in "\r\n\0,;\t|" or habits.quote == habits.delimiter:
        faults.append(("file.quote", habits.quote, "one character, not the delimiter"))
    if habits.encoding and habits.encoding not in ENCODINGS:
        faults.append(("file.encoding", habits.encoding, ", ".join(ENCODINGS)))
    if habits.decimal_mark not in ("", ".", ","):
        faults.append(("file.decimal_mark", habits.decimal_mark, ". or ,"))
    if habits.date_order not in ("", *DATE_ORDERS):
        faults.append(("file.date_order", habits.date_order, ", ".join(DATE_ORDERS)))
    if habits.thousands_mark and not habits.decimal_mark:
        faults.append(("file.thousands_mark", habits.thousands_mark, "with a decimal_mark only"))
    elif len(habits.thousands_mark) > 1 or habits.thousands_mark == habits.decimal_mark != "":
        faults.append(("file.thousands_mark", habits.thousands_mark, "another character"))
    faults.extend(
        ("file.date_formats", pattern, "iso, or a pattern with %Y or %y")
        for pattern in habits.date_formats
        if pattern != ISO_FORMAT and not _is_date_pattern(pattern)
    )
    if habits.time_zone and not _is_time_zone(habits.time_zone):
        faults.append(("file.time_zone", habits.time_zone, "a zone name such as Asia/Almaty"))
    return faults


def _is_date_pattern(pattern: str) -> bool:
    try:
        datetime.strptime(datetime(2001, 2, 3, 4, 5, 6).strftime(pattern), pattern)
    except ValueError:
        return False
    return "%Y" in pattern or "%y" in pattern


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


_LABEL = re.compile(r"[A-Za-z0-9_]{1,100}")


def is_target(target: str) -> bool:
    """Whether a name is a field that a column can fill."""
    match target.split("."):
        case [field]:
            return field in fields.DECLARATION_READERS or field == "containers"
        case ["extra", name] | ["item", "extra", name]:
            return _LABEL.fullmatch(name) is not None
        case ["item", field]:
            return field in fields.ITEM_READERS
        case ["item", "documents", label, field]:
            return _LABEL.fullmatch(label) is not None and field in fields.DOCUMENT_READERS
        case ["party", role, field]:
            return _is_role(role) and field in fields.PARTY_READERS and field != "role"
        case ["party", role, "identifiers", kind]:
            return _is_role(role) and _is_member(fields.IDENTIFIER_READERS, "kind", kind)
        case _:
            return False


def _is_role(role: str) -> bool:
    return _is_member(fields.PARTY_READERS, "role", role)


def _is_member(readers: Mapping[str, fields.Reader], field: str, value: str) -> bool:
    try:
        readers[field](value)
    except InvalidValue:
        return False
    return True
