"""Checks of single fields of a list file. Each gives the value or notes a row error."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal

from stdnum.eu import ecnumber
from stdnum.exceptions import ValidationError

from risk.domain.lists.base import RowError
from risk.domain.substances import EntryCode, ExemptionPeriod, Nomenclature, QuantityExemption
from shipments.domain.errors import InvalidValue
from shipments.domain.values import parse_cas_rn, parse_decimal

_BOOL_WORDS = {"true": True, "false": False, "": False}
_INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_UN_NUMBER = re.compile(r"\d{4}")
_THRESHOLD = re.compile(r"(?P<amount>\d+(?:\.\d+)?) (?P<unit>\S+)(?: \((?P<wording>.+)\))?")
THRESHOLD_UNITS = frozenset({"g", "kg", "t", "ml", "l"})
_CODE_PART = re.compile(r"(?P<system>CN|TNVED|HTS|HS):(?P<digits>[\d ]+)")
CODE_LENGTHS = {
    Nomenclature.CN: (6, 8),
    Nomenclature.TNVED: (6, 10),
    Nomenclature.HTS: (6, 8, 10),
    Nomenclature.HS: (4, 6),
}


def one_of(words: Iterable[str]) -> str:
    """What is allowed, for an error.

    >>> one_of({"kg", "g"})
    'one of g, kg'
    """
    return f"one of {', '.join(sorted(words))}"


class RowReader:
    """The fields of one row, with the errors found in it collected in ``errors``."""

    def __init__(self, file: str, line: int, row: dict[str, str]) -> None:
        self.file = file
        self.line = line
        self.row = row
        self.errors: list[RowError] = []

    def reject(self, column: str, allowed: str) -> None:
        """Note that the value of ``column`` is not among what is allowed."""
        value = self.row.get(column, "")[:200]
        self.errors.append(
            RowError(file=self.file, line=self.line, column=column, value=value, allowed=allowed)
        )

    def text(self, column: str, *, required: bool = False) -> str:
        value = self.row.get(column, "").strip()
        if required and not value:
            self.reject(column, "a value")
        return value

    def member(self, column: str, allowed: Collection[str], words: str = "") -> str:
        """The value, one of those ``allowed``; ``words`` say which those are where that is not
        plain."""
        value = self.text(column)
        if value not in allowed:
            self.reject(column, words or one_of(allowed))
        return value

    def checked(self, column: str, check: Callable[[str], bool], allowed: str) -> str:
        value = self.text(column)
        if value and not check(value):
            self.reject(column, allowed)
        return value

    def cas_rn(self, column: str) -> str:
        return self.checked(column, _is_cas_rn, "CAS number with a right check digit")

    def ec_number(self, column: str) -> str:
        return self.checked(column, _is_ec_number, "EC number with a right check digit")

    def inchikey(self, column: str) -> str:
        return self.checked(column, lambda v: bool(_INCHIKEY.fullmatch(v)), "InChIKey")

    def hs6(self, column: str) -> str:
        return self.checked(
            column, lambda v: len(v) == 6 and v.isascii() and v.isdigit(), "6 digits"
        )

    def un_numbers(self, column: str) -> str:
        return self.checked(
            column,
            lambda v: all(_UN_NUMBER.fullmatch(part) for part in v.split(";")),
            "UN numbers of 4 digits, joined by ;",
        )

    def flag(self, column: str) -> bool:
        word = self.text(column).lower()
        if word not in _BOOL_WORDS:
            self.reject(column, "True, False or blank")
        return _BOOL_WORDS.get(word, False)

    def percent(self, column: str) -> Decimal | None:
        value = self.text(column)
        if not value:
            return None
        try:
            number = parse_decimal(value)
        except InvalidValue:
            number = Decimal(-1)
        exponent = number.as_tuple().exponent
        if not 0 <= number <= 100 or not isinstance(exponent, int) or exponent < -4:
            self.reject(column, "percent from 0 to 100 with at most 4 decimals")
            return None
        return number

    def amount(self, column: str) -> Decimal | None:
        """A quantity above nothing, with six decimals at most."""
        try:
            number = parse_decimal(self.text(column))
        except InvalidValue:
            number = Decimal(0)
        exponent = number.as_tuple().exponent
        if not 0 < number < 10**9 or not isinstance(exponent, int) or exponent < -6:
            self.reject(column, "a number above 0 with at most 6 decimals")
            return None
        return number

    def day(self, column: str) -> date | None:
        """A date; a year alone counts from its last day, so that nothing starts too early."""
        value = self.text(column)
        if not value:
            return None
        try:
            return date(int(value), 12, 31) if re.fullmatch(r"\d{4}", value) else _iso_day(value)
        except ValueError:
            self.reject(column, "YYYY-MM-DD or YYYY")
            return None

    def exemption(self, column: str) -> QuantityExemption | None:
        """``1 kg (Annex II annual quantity)``: amount, unit and the act's words for it."""
        value = self.text(column)
        if not value:
            return None
        found = _THRESHOLD.fullmatch(value)
        if not found or found["unit"] not in THRESHOLD_UNITS:
            self.reject(column, f"amount and {one_of(THRESHOLD_UNITS)}")
            return None
        wording = found["wording"] or ""
        is_annual = "annual" in wording.lower()
        return QuantityExemption(
            amount=Decimal(found["amount"]),
            unit=found["unit"],
            period=ExemptionPeriod.YEAR if is_annual else ExemptionPeriod.UNKNOWN,
            wording=wording,
        )

    def commodity_codes(self, column: str, hs6: str) -> tuple[EntryCode, ...]:
        """Codes of ``CN:2915 24 00;TNVED:2915240000``; each must begin with the HS6."""
        codes = []
        for part in filter(None, self.text(column).split(";")):
            found = _CODE_PART.fullmatch(part.strip())
            digits = found["digits"].replace(" ", "") if found else ""
            if not found or len(digits) not in CODE_LENGTHS[Nomenclature(found["system"].lower())]:
                self.reject(column, "CN: 6 or 8, TNVED: 6 or 10 digits, joined by ;")
            elif hs6 and not digits.startswith(hs6):
                self.reject(column, f"codes that begin with {hs6}")
            else:
                nomenclature = Nomenclature(found["system"].lower())
                codes.append(EntryCode(nomenclature=nomenclature, code=digits))
        return tuple(dict.fromkeys(codes))


def _iso_day(value: str) -> date:
    return date.fromisoformat(value)


def _is_cas_rn(value: str) -> bool:
    try:
        return parse_cas_rn(value) == value
    except InvalidValue:
        return False


def _is_ec_number(value: str) -> bool:
    try:
        ecnumber.validate(value)
    except ValidationError:
        return False
    return True
