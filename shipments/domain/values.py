"""Value types of the shared vocabulary: text in, checked and normalised value out.

Every ``parse_…`` returns the normalised text or number and raises
:class:`~shipments.domain.errors.InvalidValue` with a stable code, the value and what
is allowed. Codes are fixed-width strings: a leading zero is a digit.
"""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

import pycountry
from stdnum import casrn as stdnum_casrn
from stdnum.exceptions import ValidationError

from shipments.domain.errors import InvalidValue


class DocumentKind(StrEnum):
    """The kind of document that a declaration record was read from."""

    IMPORT = "import"
    PRELIMINARY = "preliminary"
    TRANSIT = "transit"
    EXPORT = "export"
    MUTUAL_TRADE = "mutual_trade"
    EXPRESS = "express"
    POSTAL = "postal"


class Direction(StrEnum):
    """Where the goods go, seen from the country of the administration."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSIT = "transit"


class PartyRoleKind(StrEnum):
    """What a party does in one declaration (graphs 2, 8, 9, 14, 50, 54)."""

    CONSIGNOR = "consignor"
    CONSIGNEE = "consignee"
    IMPORTER = "importer"
    DECLARANT = "declarant"
    REPRESENTATIVE = "representative"
    CARRIER = "carrier"


class IdentifierKind(StrEnum):
    """What identifies a party or links it to others."""

    BIN = "bin"
    IIN = "iin"
    TAX_ID = "tax_id"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    BANK_ACCOUNT = "bank_account"
    WALLET = "wallet"
    WEBSITE = "website"
    VEHICLE = "vehicle"
    CONTAINER = "container"
    CARD = "card"
    ACCOUNT_NAME = "account_name"


COMMODITY_CODE_MIN_DIGITS = 4
COMMODITY_CODE_MAX_DIGITS = 12
_CODE_SEPARATORS = str.maketrans("", "", " .-\u00a0")


def parse_commodity_code(value: str) -> str:
    """A tariff code of 4–12 digits, separators removed; raises ``commodity_code_invalid``.

    >>> parse_commodity_code("2915 24 000 0")
    '2915240000'
    """
    digits = value if value.isdigit() else value.translate(_CODE_SEPARATORS)
    if not digits.isascii() or not digits.isdigit():
        raise InvalidValue("commodity_code_invalid", value=value, allowed="4 to 12 digits")
    if not COMMODITY_CODE_MIN_DIGITS <= len(digits) <= COMMODITY_CODE_MAX_DIGITS:
        raise InvalidValue("commodity_code_invalid", value=value, allowed="4 to 12 digits")
    return digits


def hs6_of(commodity_code: str) -> str:
    """The international part of a code; empty when the code is shorter than six digits."""
    return commodity_code[:6] if len(commodity_code) >= 6 else ""


def parse_cas_rn(value: str) -> str:
    """A CAS number with a right check digit, as ``108-24-7``; raises ``cas_rn_invalid``."""
    try:
        return str(stdnum_casrn.validate(value.strip()))
    except ValidationError:
        raise InvalidValue(
            "cas_rn_invalid", value=value, allowed="CAS number with a right check digit"
        ) from None


_COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries)
# Declared in real messages though ISO 3166 only reserves or lends them:
# XK Kosovo, EU a Union origin, 00 unknown or several (EAEU graphs 15 and 16).
_COUNTRY_HABITS = frozenset({"XK", "EU", "00"})


def parse_country_code(value: str) -> str:
    """An ISO 3166 alpha-2 code in capitals; raises ``country_code_unknown``."""
    code = value.strip().upper()
    if code in _COUNTRIES or code in _COUNTRY_HABITS:
        return code
    raise InvalidValue("country_code_unknown", value=value, allowed="ISO 3166 two-letter code")


_CURRENCIES = frozenset(currency.alpha_3 for currency in pycountry.currencies)


def parse_currency_code(value: str) -> str:
    """An ISO 4217 three-letter code in capitals; raises ``currency_unknown``."""
    code = value.strip().upper()
    if code in _CURRENCIES:
        return code
    raise InvalidValue("currency_unknown", value=value, allowed="ISO 4217 three-letter code")


def parse_text(value: str, max_length: int) -> str:
    """The text without outer blanks; raises ``text_too_long`` or ``text_invalid``.

    PostgreSQL cannot store a NUL character and UTF-8 cannot write a lone surrogate;
    every other character is the declarant's.
    """
    text = value.strip()
    if len(text) > max_length:
        raise InvalidValue("text_too_long", value=text, allowed=f"at most {max_length} characters")
    if not text.isprintable() and ("\x00" in text or _has_lone_surrogate(text)):
        raise InvalidValue(
            "text_invalid", value=text, allowed="text without NUL and lone surrogates"
        )
    return text


def _has_lone_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def parse_instant(value: str) -> datetime:
    """An ISO 8601 moment with a zone, in UTC; raises ``time_invalid`` or ``zone_missing``.

    A time without a zone is not guessed: the same text is another moment elsewhere, and
    the order of declarations decides what a risk assessment may look at.

    >>> parse_instant("2026-03-01T09:15:00+05:00").isoformat()
    '2026-03-01T04:15:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(value.strip().upper())
    except ValueError:
        raise _invalid_time(value) from None
    return to_utc(moment)


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC; raises ``zone_missing``, or ``time_invalid`` out of 1900-2199."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InvalidValue("zone_missing", value=moment.isoformat(), allowed="a time with a zone")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise _invalid_time(moment.isoformat())
    return moment.astimezone(UTC)


def _invalid_time(value: str) -> InvalidValue:
    return InvalidValue("time_invalid", value=value, allowed="ISO 8601 with a zone, 1900-2199")


def parse_day(value: str) -> date:
    """An ISO 8601 day; raises ``date_invalid``."""
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        day = date.min
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidValue("date_invalid", value=value, allowed="ISO 8601 day, 1900-2199")
    return day


def parse_decimal(value: str) -> Decimal:
    """A finite decimal number, with a point or one comma; raises ``number_invalid``."""
    text = value.strip().replace("\u00a0", "").replace(" ", "")
    if "," in text and "." not in text:
        text = text.replace(",", ".", 1)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise InvalidValue("number_invalid", value=value, allowed="a decimal number under 10^16")
    return number


@lru_cache(maxsize=65_536)
def is_bin_valid(value: str) -> bool:
    """Whether twelve digits of a Kazakh BIN or IIN carry the right check digit.

    The check digit is the weighted sum modulo 11 with weights 1–11; when that gives
    10, once more with weights 3–11, 1, 2; a second 10 is never issued.
    """
    if len(value) != 12 or not (value.isascii() and value.isdigit()):
        return False
    digits = [int(char) for char in value]
    for weights in ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        control = sum(w * d for w, d in zip(weights, digits[:11], strict=True)) % 11
        if control != 10:
            return control == digits[11]
    return False
