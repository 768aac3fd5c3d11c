"""A stored record, written as JSON and read again, is the same record, by either way."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import format_by_key
from shipments.domain.formats.base import NO_CONTEXT
from shipments.domain.formats.issues import UnknownFields
from shipments.domain.formats.json_text import _parse_field_by_field
from shipments.domain.formats.kinds import REGISTERED_KINDS
from shipments.domain.formats.typed import read_plain_declaration
from shipments.domain.names import normalise_identifier
from shipments.domain.records import (
    DeclarationRecord,
    DocumentRecord,
    GoodsItemRecord,
    IdentifierRecord,
    PartyRecord,
)
from shipments.domain.units import UNITS
from shipments.domain.values import Direction, DocumentKind, IdentifierKind, PartyRoleKind
from tests.unit.formats.golden import CONTEXT

letters = st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"])
texts = st.text(letters, min_size=1, max_size=12).map(str.strip)
codes = st.sampled_from(["", "40", "01011", "4000"])
countries = st.sampled_from(["", "KZ", "CN", "00"])
amounts = st.none() | st.decimals(0, Decimal("1e14"), places=4)
masses = st.none() | st.decimals(0, Decimal("1e14"), places=6)
moments = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
extras = st.dictionaries(st.text("abc_", min_size=1, max_size=5), texts, max_size=2)


@st.composite
def identifiers(draw: st.DrawFn) -> IdentifierRecord | None:
    kind = draw(st.sampled_from(IdentifierKind))
    try:
        value = normalise_identifier(kind, draw(st.text("0123456789abcде@.+-", max_size=14)))
    except InvalidValue:
        return None
    return IdentifierRecord(kind=kind, value=value)


parties = st.builds(
    PartyRecord,
    role=st.sampled_from(PartyRoleKind),
    name=texts,
    country=st.sampled_from(["", "KZ"]),
    address=texts,
    identifiers=st.lists(identifiers().filter(bool), max_size=3, unique=True).map(tuple),
)
documents = st.builds(
    DocumentRecord,
    code=st.just("01011"),
    number=texts,
    issued_on=st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    licence_line=st.none() | st.integers(1, 99),
)
items = st.builds(
    GoodsItemRecord,
    item_number=st.integers(1, 999),
    description=texts.filter(bool),
    commodity_code=st.sampled_from(["", "2915240000", "0712", "7799000000"]),
    country_of_origin=countries,
    gross_mass_kg=masses,
    net_mass_kg=masses,
    supplementary_quantity=masses,
    supplementary_unit=st.sampled_from(["", *(unit.key for unit in UNITS)]),
    package_count=st.none() | st.integers(0, 1000),
    invoice_value=amounts,
    customs_value=amounts,
    procedure_code=codes,
    documents=st.lists(documents, max_size=2).map(tuple),
    extra=extras,
)
declarations = st.builds(
    DeclarationRecord,
    registration_number=st.text("0123456789/AБ", min_size=1, max_size=20),
    version=st.integers(1, 99),
    document_kind=st.sampled_from(DocumentKind),
    direction=st.sampled_from(Direction),
    accepted_at=moments,
    customs_office=codes,
    country_of_dispatch=countries,
    currency=st.sampled_from(["", "USD", "KZT"]),
    invoice_amount=amounts,
    containers=st.lists(st.sampled_from(["TCLU4265447", "X1"]), unique=True).map(tuple),
    parties=st.lists(parties, max_size=3).map(tuple),
    items=st.lists(items, min_size=1, max_size=3, unique_by=lambda item: item.item_number).map(
        tuple
    ),
    extra=extras,
).map(lambda record: completed(record))


def completed(record: DeclarationRecord) -> DeclarationRecord:
    """With what its kind needs, where that is refused without it."""
    if record.document_kind in REGISTERED_KINDS:
        return record
    roles = (PartyRoleKind.CONSIGNOR, PartyRoleKind.CONSIGNEE, PartyRoleKind.CARRIER)
    added = tuple(PartyRecord(role=role, name="x", address="y") for role in roles)
    return msgspec.structs.replace(
        record,
        country_of_dispatch="CN",
        transport_id="457ABC02",
        parties=(*record.parties, *added),
    )


@given(record=declarations)
@settings(max_examples=150, deadline=None)
def test_record_when_written_and_read_then_equal(record: DeclarationRecord) -> None:
    line = msgspec.json.encode(record)
    for key, content in (("ndjson", line + b"\n"), ("json", b"[" + line + b"]")):
        (place,) = format_by_key(key).parse(io.BytesIO(content))
        assert place.declaration == record
        assert all(issue.severity == "warn" for issue in place.issues)


AWKWARD_TEXTS = [
    "",
    " ",
    " x ",
    "kz",
    "166",
    "NaN",
    "1e5",
    "1_0",
    "-0",
    "0.0000001",
    "bin",
    "a\x00",
]
AWKWARD_TIMES = ["2025-01-01t10:00:00.9999999z", "2025-01-01 10:00:00+05:00", "1800-01-01"]
AWKWARD_SIZES = ["2915 24", "a\u00a0", "x" * 65, "x" * 501, 10**15, 40_000, 1e-9]
AWKWARD_TYPES = [
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    [],
    {},
    ["a b", "A B", " "],
    {" k ": "v"},
    [{}],
    [None],
]
AWKWARD = st.sampled_from([*AWKWARD_TEXTS, *AWKWARD_TIMES, *AWKWARD_SIZES, *AWKWARD_TYPES])


def parts_of(tree: dict[str, object]) -> list[dict[str, object]]:
    """The tree and every object inside its lists."""
    found = [tree]
    for value in list(tree.values()):
        if isinstance(value, list):
            for entry in value:
                if isinstance(entry, dict):
                    found.extend(parts_of(entry))
    return found


@given(record=declarations, data=st.data())
@settings(max_examples=300, deadline=None)
def test_plain_way_when_it_accepts_then_the_long_way_agrees(record, data: st.DataObject) -> None:
    tree = msgspec.json.decode(msgspec.json.encode(record))
    for _ in range(data.draw(st.integers(0, 3))):
        part = data.draw(st.sampled_from(parts_of(tree)))
        key = data.draw(st.sampled_from([*part, "unknown", "nomenclature", "extra", "version"]))
        part[key] = data.draw(AWKWARD)
    source = msgspec.json.encode(tree)
    context = data.draw(st.sampled_from([NO_CONTEXT, CONTEXT]))
    plain = read_plain_declaration(source, context)
    if plain is not None:
        place = _parse_field_by_field(source, 1, UnknownFields(), context)
        assert (place.declaration, place.issues) == (plain, ())


def test_plain_way_when_nothing_is_wrong_then_taken() -> None:
    record = DeclarationRecord(
        registration_number="1",
        accepted_at=datetime(2025, 1, 1, tzinfo=UTC),
        items=(GoodsItemRecord(item_number=1, description="Ацетон"),),
    )
    assert read_plain_declaration(msgspec.json.encode(record)) == record
