"""What is refused, kept aside or doubted beside what the types of fields say."""

import io
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shipments.domain.formats import format_by_key
from shipments.domain.formats.base import ReadingContext
from shipments.domain.records import ParsedDeclaration

RECEIVED = datetime(2026, 1, 2, 20, 30, tzinfo=UTC)
CONTEXT = ReadingContext(received_at=RECEIVED, time_zone="Asia/Almaty")
ITEM: dict[str, Any] = {"item_number": 1, "description": "x", "commodity_code": "2914110000"}
SOUND: dict[str, Any] = {
    "registration_number": "1",
    "accepted_at": "2026-01-01T00:00:00Z",
    "items": [ITEM],
}
SENDER = {"role": "consignor", "name": "A"}
RECIPIENT = {"role": "consignee", "name": "B", "address": "C"}
CARRIER = {"role": "carrier", "name": "D"}
WAYBILL = {"code": "02017", "number": "7"}


def read(tree: dict[str, Any], context: ReadingContext = CONTEXT) -> ParsedDeclaration:
    source = io.BytesIO(msgspec.json.encode(tree))
    (place,) = format_by_key("ndjson").parse(source, context=context)
    return place


def codes(place: ParsedDeclaration) -> list[tuple[str, str, str]]:
    return [(issue.severity, issue.code, issue.field) for issue in place.issues]


def test_sound_declaration_when_read_then_no_issue() -> None:
    assert codes(read(SOUND)) == []


@pytest.mark.parametrize(
    ("moment", "is_doubted"),
    [
        ("2026-01-03T23:59:59+05:00", False),  # a later hour of the day of the receipt there
        ("2026-01-04T00:00:01+05:00", True),
        ("2199-01-01T00:00:00Z", True),
    ],
)
def test_moment_when_behind_the_day_of_receipt_then_doubted(moment: str, is_doubted: bool) -> None:
    place = read({**SOUND, "accepted_at": moment})
    expected = [("warn", "date_in_future", "accepted_at")]
    assert codes(place) == (expected if is_doubted else [])
    assert place.declaration is not None
    assert codes(read({**SOUND, "accepted_at": moment}, ReadingContext())) == []


def test_document_when_issued_behind_the_day_of_receipt_then_doubted() -> None:
    documents = [{"code": "01011", "issued_on": f"2026-01-{day:02d}"} for day in (3, 4)]
    place = read({**SOUND, "items": [{**ITEM, "documents": documents}]})
    assert codes(place) == [("warn", "date_in_future", "items[1].documents[2].issued_on")]
    assert place.issues[0].allowed == "at most 2026-01-03"


@pytest.mark.parametrize("code", ["7701000000", "2999000000", "0000000000", "8599", "290000"])
def test_code_when_no_edition_has_the_heading_then_doubted(code: str) -> None:
    place = read({**SOUND, "items": [{**ITEM, "commodity_code": code}]})
    assert codes(place) == [("warn", "commodity_heading_unknown", "items[1].commodity_code")]
    assert place.declaration is not None
    assert place.declaration.items[0].commodity_code == code


@pytest.mark.parametrize(
    ("moment", "code", "editions"),
    [
        ("2021-12-31T17:59:59Z", "2404110000", "HS 2017, not HS 2022"),
        ("2021-12-31T18:00:00Z", "2404110000", ""),  # in Almaty the year has begun
        ("2022-06-01T00:00:00Z", "8525800000", "HS 2022, not HS 2007, 2012, 2017"),
        ("2021-06-01T00:00:00Z", "8525800000", ""),
        ("2022-06-01T00:00:00Z", "2915990000", "HS 2022"),
    ],
)
def test_code_when_not_in_the_edition_of_the_day_then_doubted(moment, code, editions) -> None:
    goods = {**ITEM, "commodity_code": code}
    place = read({**SOUND, "accepted_at": moment, "items": [goods]})
    assert place.declaration is not None
    assert place.declaration.items[0].commodity_code == code
    said = [("warn", "commodity_code_not_in_edition", "items[1].commodity_code")]
    assert codes(place) == (said if editions else [])
    assert [issue.allowed for issue in place.issues] == [editions] * bool(editions)


COMPLETE = {
    "import": {},
    "export": {"parties": [SENDER], "country_of_destination": "DE"},
    "transit": {"country_of_destination": "UZ", "containers": ["TCLU4265447"]},
    "preliminary": {
        "country_of_dispatch": "CN",
        "parties": [RECIPIENT],
        "items": [{**ITEM, "documents": [WAYBILL]}],
    },
    "mutual_trade": {"country_of_dispatch": "RU", "parties": [SENDER, RECIPIENT]},
    "express": {"country_of_dispatch": "US", "parties": [RECIPIENT, CARRIER]},
    "postal": {"country_of_dispatch": "NL", "parties": [RECIPIENT]},
}


@pytest.mark.parametrize("kind", COMPLETE)
def test_kind_when_it_has_what_it_needs_then_no_issue(kind: str) -> None:
    assert codes(read({**SOUND, "document_kind": kind, **COMPLETE[kind]})) == []


@pytest.mark.parametrize(
    ("kind", "grade", "fields"),
    [
        ("export", "warn", ["parties", "country_of_destination"]),
        ("transit", "warn", ["country_of_destination", "transport_id"]),
        ("preliminary", "reject", ["country_of_dispatch", "parties", "transport_id"]),
        ("mutual_trade", "reject", ["country_of_dispatch", "parties", "parties"]),
        ("express", "reject", ["country_of_dispatch", "parties", "parties", "parties"]),
        ("postal", "reject", ["country_of_dispatch", "parties"]),
    ],
)
def test_kind_when_it_lacks_what_it_needs_then_each_is_named(kind, grade, fields) -> None:
    place = read({**SOUND, "document_kind": kind})
    assert codes(place) == [(grade, "kind_field_missing", field) for field in fields]
    assert (place.declaration is None) == (grade == "reject")
    assert place.declaration is not None or place.raw
