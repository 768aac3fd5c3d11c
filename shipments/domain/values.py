"""Value types of the shared vocabulary: text in, checked and normalised value out.

Every ``parse_…`` returns the normalised text or number and raises
:class:`~shipments.domain.errors.InvalidValue` with a stable code, the value and what
is allowed. Codes are fixed-width strings: a leading zero is a digit.
"""

from decimal import Decimal, InvalidOperation
from enum import StrEnum

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


COMMODITY_CODE_MIN_DIGITS = 4
COMMODITY_CODE_MAX_DIGITS = 12


def parse_commodity_code(value: str) -> str:
    """A tariff code of 4–12 digits, separators removed; raises ``commodity_code_invalid``.

    >>> parse_commodity_code("2915 24 000 0")
    '2915240000'
    """
    digits = "".join(char for char in value if char not in " .-\u00a0")
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
