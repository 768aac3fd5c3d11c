"""Value types: what each text becomes, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shipments.domain import values
from shipments.domain.errors import InvalidValue


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (values.parse_commodity_code, "2915.24-000 0", "2915240000"),
        (values.parse_commodity_code, "0712", "0712"),
        (values.parse_cas_rn, "108-24-7", "108-24-7"),
        (values.parse_country_code, " kz ", "KZ"),
        (values.parse_country_code, "00", "00"),
        (values.parse_currency_code, "kzt", "KZT"),
        (values.parse_decimal, "1 234,50", Decimal("1234.50")),
        (values.parse_decimal, "1e3", Decimal(1000)),
        (values.parse_day, "2024-02-29", date(2024, 2, 29)),
        (
            values.parse_instant,
            "2026-01-01T02:00:00+05:00",
            datetime(2025, 12, 31, 21, tzinfo=UTC),
        ),
    ],
)
def test_parse_when_valid_then_normalised(parse, text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (values.parse_commodity_code, "291", "commodity_code_invalid"),
        (values.parse_commodity_code, "٢٩١٥٢٤", "commodity_code_invalid"),
        (values.parse_commodity_code, "1234567890123", "commodity_code_invalid"),
        (values.parse_cas_rn, "108-24-8", "cas_rn_invalid"),
        (values.parse_country_code, "ZZ", "country_code_unknown"),
        (values.parse_currency_code, "XYZ", "currency_unknown"),
        (values.parse_decimal, "1.234,5", "number_invalid"),
        (values.parse_decimal, "NaN", "number_invalid"),
        (values.parse_decimal, "1e400", "number_invalid"),
        (values.parse_day, "2025-02-31", "date_invalid"),
        (values.parse_day, "0001-01-01", "date_invalid"),
        (values.parse_instant, "2025-02-28T10:00:00", "zone_missing"),
        (values.parse_instant, "2025-02-28", "zone_missing"),
        (values.parse_instant, "2025-02-31T10:00:00Z", "time_invalid"),
        (values.parse_instant, "0001-01-01T00:00:00+05:00", "time_invalid"),
        (values.parse_instant, "9999-12-31T23:00:00-05:00", "time_invalid"),
    ],
)
def test_parse_when_invalid_then_code(parse, text: str, code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse(text)
    assert caught.value.code == code
    assert caught.value.params["allowed"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 11, "text_too_long"), ("a\x00b", "text_invalid"), ("\ud800", "text_invalid")],
)
def test_parse_text_when_not_storable_then_code(text: str, code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        values.parse_text(text, 10)
    assert caught.value.code == code


def test_parse_text_when_other_control_characters_then_kept() -> None:
    assert values.parse_text(" два\nряда\t", 20) == "два\nряда"


def test_hs6_of_when_short_code_then_empty() -> None:
    assert (values.hs6_of("2915240000"), values.hs6_of("2915")) == ("291524", "")


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("040640001234", True),
        ("120540012342", True),
        ("040640001235", False),
        ("04064000123", False),
        ("٠٤٠٦٤٠٠٠١٢٣٤", False),
    ],
)
def test_is_bin_valid_when_twelve_digits_then_checks_the_last(number: str, is_valid: bool) -> None:
    assert values.is_bin_valid(number) is is_valid
