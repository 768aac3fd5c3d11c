"""A declaration is ended by the means that its format has for it."""

import io

import pytest

from shipments.domain.formats import format_by_key
from shipments.domain.records import DeclarationRecord
from tests.unit.formats.golden import CONTEXT
from tests.unit.formats.test_hostile_values import MAPPING

WCO = """<Declaration><FunctionCode>{function}</FunctionCode><ID>7</ID><TypeCode>{kind}</TypeCode>
<VersionID>2</VersionID><IssueDateTime><DateTimeString>20251112</DateTimeString></IssueDateTime>
</Declaration>"""
CUSDEC = """UNB+UNOY:4+A+B+251112:1000+1'UNH+1+CUSDEC:D:96B:UN'BGM+929+7:2+{function}'RFF+ABT:7'
DTM+148:20251112:102'UNS+S'UNT+6+1'UNZ+1+1'"""
CSV = """number;accepted;item;goods;net;licence;issued;targeting.version;targeting.is_cancelled
7;2025-11-12;;;;;;2;{flag}
"""


def read(key: str, text: str, mapping=None):
    stream = io.BytesIO(text.encode())
    (place,) = format_by_key(key).parse(stream, mapping=mapping, context=CONTEXT)
    return place


def ended(declaration: DeclarationRecord) -> tuple[str, int, bool, int]:
    number, version = declaration.registration_number, declaration.version
    return number, version, declaration.is_cancelled, len(declaration.items)


@pytest.mark.parametrize(
    ("key", "text", "mapping"),
    [
        ("wco", WCO.format(function="1", kind="IMA"), None),
        ("wco", WCO.format(function="13", kind="INV"), None),
        ("cusdec", CUSDEC.format(function="1"), None),
        ("csv", CSV.format(flag="yes"), MAPPING),
    ],
)
def test_cancellation_when_parsed_then_the_next_version_ends_it(key, text, mapping) -> None:
    assert ended(read(key, text, mapping).declaration) == ("7", 2, True, 0)


@pytest.mark.parametrize(
    ("key", "text", "mapping"),
    [
        ("wco", WCO.format(function="9", kind="IMA"), None),
        ("cusdec", CUSDEC.format(function="9"), None),
    ],
)
def test_other_function_when_without_items_then_refused(key, text, mapping) -> None:
    place = read(key, text, mapping)
    assert place.declaration is None
    assert "items_missing" in [issue.code for issue in place.issues]


JSON = '{{"registration_number": "7", "accepted_at": "2025-11-12T00:00:00Z"{rest}}}'


@pytest.mark.parametrize(
    ("key", "text", "mapping"),
    [
        ("wco", WCO.format(function="1", kind="IMA").replace("<VersionID>2</VersionID>", ""), None),
        ("wco", WCO.format(function="13", kind="INV").replace("2</Ver", "</Ver"), None),
        ("cusdec", CUSDEC.format(function="1").replace("+7:2+", "+7+"), None),
        ("csv", CSV.format(flag="yes").replace(";2;yes", ";;yes"), MAPPING),
        ("ndjson", JSON.format(rest=', "is_cancelled": true'), None),
        ("json", JSON.format(rest=', "is_cancelled": true, "version": null'), None),
    ],
)
def test_cancellation_when_it_states_no_version_then_it_is_the_last(key, text, mapping) -> None:
    """Whatever version comes before or after it: the declaration has ended."""
    place = read(key, text, mapping)
    assert ended(place.declaration) == ("7", 32_767, True, 0)
    assert [issue.field for issue in place.issues if issue.code == "version_assumed"] == ["version"]


def test_cancellation_when_it_states_version_1_then_not_another() -> None:
    place = read("ndjson", JSON.format(rest=', "is_cancelled": true, "version": 1'))
    assert (ended(place.declaration), place.issues) == (("7", 1, True, 0), ())


def test_flag_when_neither_yes_nor_no_then_refused() -> None:
    place = read("csv", CSV.format(flag="perhaps"), MAPPING)
    assert place.declaration is None
    assert place.issues[0].column == "targeting.is_cancelled"
