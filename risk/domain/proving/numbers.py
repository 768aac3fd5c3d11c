"""Numbers of invented firms: BIN, bank account, telephone, container, each with its check digit."""

from stdnum import iso6346
from stdnum.iso7064 import mod_97_10

from shipments.domain.values import is_bin_valid

_BANKS = ("125", "601", "722", "856", "914", "998")
_OWNERS = ("TCLU", "MSKU", "CAIU", "HLXU", "TEMU", "OOLU", "GESU", "FCIU")
WORLDS, SERIALS_A_WORLD = 99, 1_010_007
"""Worlds of so many seeds, one after the other, have telephones and accounts of their own: in one
database no firm shares a number with one of another world. The odd figure does so for BINs, of
which a serial gives the last five digits of a hundred thousand."""


def bin_number(serial: int, registered: str) -> str:
    """A BIN of a legal person registered in ``registered`` (YYMM).

    Twelve digits: year and month, 4 for a legal person, a division digit, a serial of
    five, the check digit. A serial that has no check digit moves to the next division.

    >>> bin_number(17, "1903")
    '190340000176'
    """
    for division in range(10):
        stem = f"{registered}4{division}{serial % 100_000:05d}"
        for check in range(10):
            if is_bin_valid(stem + str(check)):
                return stem + str(check)
    raise AssertionError(f"no check digit for serial {serial}")


def bank_account(serial: int) -> str:
    """A Kazakh IBAN (20 characters) of an invented bank code, with valid check digits."""
    body = f"{_BANKS[serial % len(_BANKS)]}{serial * 7_919 % 10**13:013d}"
    return f"KZ{mod_97_10.calc_check_digits(body + 'KZ')}{body}"


def phone_number(serial: int) -> str:
    """A mobile number in one run of made-up subscribers, E.164.

    >>> phone_number(1)
    '+77000007919'
    """
    return f"+770{serial * 7_919 % 100_000_000:08d}"


def container_number(serial: int) -> str:
    """An ISO 6346 container number with its check digit."""
    stem = f"{_OWNERS[serial % len(_OWNERS)]}{serial * 7_919 % 1_000_000:06d}"
    return stem + str(iso6346.calc_check_digit(stem))
