"""Numbers that identify a substance: CAS and EC by their check digits, UN by its context."""

import re
import unicodedata
from collections.abc import Iterator

import msgspec
from stdnum.eu import ecnumber
from stdnum.exceptions import ValidationError

from risk.domain.matching.evidence import Method
from shipments.domain.errors import InvalidValue
from shipments.domain.values import parse_cas_rn

_DASHES = r"[-‐‑‒–—―−﹣－\u00ad_.·/]"
_DASH = rf"\s{{0,2}}{_DASHES}\s{{0,2}}"
_CAS = re.compile(rf"(?<![\d.,])(?P<a>\d{{2,7}}){_DASH}(?P<b>\d{{2}}){_DASH}(?P<c>\d)(?!\d)")
# "CAS" and "КАС", also with letters that look like these.
_LABEL = r"(?<![^\W\d_])[CСК][AА][SЅС]"
_CAS_SPACED = re.compile(
    _LABEL + r"(?![^\W\d_])[^\d\n]{0,12}(?P<a>\d{2,7})\s+(?P<b>\d{2})\s+(?P<c>\d)(?!\d)",
    re.IGNORECASE,
)
# Without any separator only right behind the word, and by its check digit.
_CAS_GLUED = re.compile(
    _LABEL + r"(?:[\s-]?(?:RN|No|Nr|number|номер\w?|нөмірі|号|號|登记号))?[\s.:：№#-]{0,4}"
    r"(?P<a>\d{2,7}?)(?P<b>\d{2})(?P<c>\d)(?![\d]|[.,]\d)",
    re.IGNORECASE,
)
_EC = re.compile(rf"(?<![\d.,-])(?P<a>\d{{3}}){_DASH}(?P<b>\d{{3}}){_DASH}(?P<c>\d)(?![\d-])")
_CUS = re.compile(rf"(?<![\d.,-])(?P<a>0\d{{6}}){_DASH}(?P<c>\d)(?![\d-])")
_UN = re.compile(
    r"(?:\bUN(?:[\s-]*(?:No|number|ID))?|\bООН|№\s*ООН|联合国编号|БҰҰ)[\s.:№#-]{0,4}(?P<number>\d{4})(?!\d)",
    re.IGNORECASE,
)
_UN_LABELS = ("un", "оон", "联合国编号", "бұұ")
# Runs between spaces: two figures of a number, its label; what parts figures in the next run.
_OF_NUMBER = re.compile(
    rf"\d{{2}}{_DASHES}\d{{1,3}}(?!\d)|{_LABEL}|(?:\bUN|ООН)(?=$|[\W\d_]|No|ID)|联合国|БҰҰ",
    re.IGNORECASE,
)
_ENDS_PARTED, _BEGINS_PARTED = re.compile(rf"\d{_DASHES}$"), re.compile(_DASHES)
# What every number of its kind holds, and what is found much faster than the number itself.
_CHECK_DIGIT = re.compile(rf"\d\d(?:{_DASH}|\s+)\d(?!\d)")
_MAY_BE_LABEL = re.compile("[cск][aа][sѕс]")
_FOUR_DIGITS = re.compile(r"\d{4}(?!\d)")


class Identifier(msgspec.Struct, frozen=True, gc=False):
    """A number found in the text, normalised, with its span in the original."""

    method: Method
    value: str
    start: int
    end: int


def find_identifiers(text: str) -> list[Identifier]:
    """Identifiers whose check digit or context is right, in order of method and place."""
    found: list[Identifier] = []
    if _CHECK_DIGIT.search(text):
        found += [*_cas_numbers(text), *_ec_numbers(text), *_cus_numbers(text)]
    if _FOUR_DIGITS.search(text):
        lowered = text.lower()
        if _may_hold_label(lowered):
            found += _numbers_of(_CAS_GLUED, text)
        if any(label in lowered for label in _UN_LABELS):
            found += _un_numbers(text)
    return found


def may_be_of_number(run: str) -> bool:
    """Whether a run between spaces holds two figures of an identifier, or its label."""
    return _OF_NUMBER.search(run) is not None


def parts_figures(run: str) -> tuple[bool, bool]:
    """Whether a run goes on a number that a figure in front of it began, and whether a figure
    behind it may go on one of its own."""
    return _BEGINS_PARTED.match(run) is not None, _ENDS_PARTED.search(run) is not None


def is_cus_number(value: str) -> bool:
    """Whether a number of the European customs inventory (CUS) has its right check digit: the
    sum of its digits, each times its place from the right, as in a CAS number.

    >>> is_cus_number("0023865-3"), is_cus_number("0023865-4")
    (True, False)
    """
    found = _CUS.fullmatch(value)
    return found is not None and _check_digit(found["a"]) == int(found["c"])


def find_slips(text: str) -> list[Identifier]:
    """CAS-shaped numbers with a wrong check digit; the value is the number with the right one."""
    patterns = [_CAS, _CAS_SPACED] if _CHECK_DIGIT.search(text) else []
    if _FOUR_DIGITS.search(text) and _may_hold_label(text.lower()):
        patterns.append(_CAS_GLUED)
    slips = []
    for pattern in patterns:
        for found in pattern.finditer(text):
            main = _digits(found["a"]).lstrip("0") + _digits(found["b"])
            check = _check_digit(main)
            if main and check != int(_digits(found["c"])):
                value = f"{main[:-2]}-{main[-2:]}-{check}"
                slips.append(Identifier(Method.CAS, value, found.start("a"), found.end("c")))
    return slips


def _may_hold_label(lowered: str) -> bool:
    return "cas" in lowered or (not lowered.isascii() and _MAY_BE_LABEL.search(lowered) is not None)


def _check_digit(digits: str) -> int:
    return sum(at * int(digit) for at, digit in enumerate(reversed(digits), 1)) % 10


def _digits(value: str) -> str:
    """ASCII digits of full-width or other decimal digits."""
    return "".join(str(unicodedata.decimal(char)) for char in value)


def _cas_numbers(text: str) -> Iterator[Identifier]:
    for pattern in (_CAS, _CAS_SPACED):
        yield from _numbers_of(pattern, text)


def _numbers_of(pattern: re.Pattern[str], text: str) -> Iterator[Identifier]:
    for found in pattern.finditer(text):
        number = "-".join(_digits(found[part]) for part in "abc")
        try:
            value = parse_cas_rn(number)
        except InvalidValue:
            continue
        yield Identifier(Method.CAS, value, found.start("a"), found.end("c"))


def _ec_numbers(text: str) -> Iterator[Identifier]:
    for found in _EC.finditer(text):
        number = "-".join(_digits(found[part]) for part in "abc")
        try:
            value = str(ecnumber.validate(number))
        except ValidationError:
            continue
        yield Identifier(Method.EC, value, found.start("a"), found.end("c"))


def _cus_numbers(text: str) -> Iterator[Identifier]:
    for found in _CUS.finditer(text):
        value = f"{_digits(found['a'])}-{_digits(found['c'])}"
        if is_cus_number(value):
            yield Identifier(Method.CUS, value, found.start(), found.end())


def _un_numbers(text: str) -> Iterator[Identifier]:
    for found in _UN.finditer(text):
        yield Identifier(Method.UN, _digits(found["number"]), found.start(), found.end("number"))
