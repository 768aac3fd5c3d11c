"""Numbers written out: "девяносто пять", "ninety-five", "тоқсан бес", "九十五"."""

import re
from decimal import Decimal

_RUSSIAN = {
    0: "ноль ноля нуль нуля", 1: "один одна одно одного одной",
    2: "два две двух", 3: "три трех трёх", 4: "четыре четырех четырёх",
    5: "пять пяти", 6: "шесть шести", 7: "семь семи", 8: "восемь восьми", 9: "девять девяти",
    10: "десять десяти", 11: "одиннадцать одиннадцати", 12: "двенадцать двенадцати",
    13: "тринадцать тринадцати", 14: "четырнадцать четырнадцати", 15: "пятнадцать пятнадцати",
    16: "шестнадцать шестнадцати", 17: "семнадцать семнадцати", 18: "восемнадцать восемнадцати",
    19: "девятнадцать девятнадцати", 20: "двадцать двадцати", 30: "тридцать тридцати",
    40: "сорок сорока", 50: "пятьдесят пятидесяти", 60: "шестьдесят шестидесяти",
    70: "семьдесят семидесяти", 80: "восемьдесят восьмидесяти", 90: "девяносто девяноста",
    100: "сто ста",
}  # fmt: skip
_ENGLISH = {
    0: "zero nil", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven",
    8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen",
    15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty",
    30: "thirty", 40: "forty fourty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty",
    90: "ninety", 100: "hundred",
}  # fmt: skip
_KAZAKH = {
    1: "бір", 2: "екі", 3: "үш", 4: "төрт", 5: "бес", 6: "алты", 7: "жеті", 8: "сегіз",
    9: "тоғыз", 10: "он", 20: "жиырма", 30: "отыз", 40: "қырық", 50: "елу", 60: "алпыс",
    70: "жетпіс", 80: "сексен", 90: "тоқсан", 100: "жүз",
}  # fmt: skip
_VALUES = {
    word: value
    for numbers in (_RUSSIAN, _ENGLISH, _KAZAKH)
    for value, words in numbers.items()
    for word in words.split()
}
# 100 of "one hundred" is what it is; what stands before a tenth part is one digit.
_HUNDRED = 100
_TOKEN = "(?:" + "|".join(sorted(_VALUES, key=len, reverse=True)) + ")"
_TOKENS = re.compile(_TOKEN)
_GAP = r"(?:(?:\sи|\sand)?[\s-]{0,4})"
_WHOLE = rf"{_TOKEN}(?:{_GAP}{_TOKEN}){{0,3}}"
# "point five", "целых пять десятых", "с половиной".
_TENTHS = (
    rf"(?:\spoint\s{_TOKEN}|\s(?:цел(?:ая|ых)(?:\sи)?|и)\s{_TOKEN}\sдесят(?:ая|ых|ой)"
    r"|\sс половиной)"
)
SPELT = rf"(?<![^\W\d_]){_WHOLE}(?:{_TENTHS})?"
"""A pattern of a number in Russian, English or Kazakh words, for lower-case or any text."""

_DIGITS = {char: at for at, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_POINTS = ".．点點"
IDEOGRAPHIC = rf"[{''.join(_DIGITS)}十百\d]{{1,5}}(?:[{_POINTS}][{''.join(_DIGITS)}\d]{{1,3}})?"
"""A pattern of a Chinese number up to a hundred, with figures or in ideographs."""

_FRACTION = re.compile(_TENTHS + "$", re.IGNORECASE)


def value_of_words(written: str) -> Decimal:
    """The value of what :data:`SPELT` matched.

    >>> value_of_words("девяносто пять"), value_of_words("ninety-nine point five")
    (Decimal('95'), Decimal('99.5'))
    """
    lowered = written.lower()
    part = Decimal(0)
    if fraction := _FRACTION.search(lowered):
        is_half = fraction[0].endswith("половиной")
        part = Decimal("0.5") if is_half else Decimal(_sum(fraction[0])) / 10
        lowered = lowered[: fraction.start()]
    return _sum(lowered) + part


def _sum(words: str) -> int:
    values = [_VALUES[word] for word in _TOKENS.findall(words)]
    # "one hundred" is no hundred and one.
    return max(values) if _HUNDRED in values else sum(values)


def value_of_ideographs(written: str) -> Decimal:
    """The value of what :data:`IDEOGRAPHIC` matched.

    >>> value_of_ideographs("九十八点五"), value_of_ideographs("98")
    (Decimal('98.5'), Decimal('98'))
    """
    whole, *parts = re.split(f"[{_POINTS}]", written)
    fraction = "".join(str(_DIGITS.get(char, char)) for char in "".join(parts))
    return Decimal(f"{_below_hundred(whole)}.{fraction}" if fraction else _below_hundred(whole))


def _below_hundred(written: str) -> int:
    if "百" in written:
        return _HUNDRED
    tens, ten, ones = written.rpartition("十")
    digits = "".join(str(_DIGITS.get(char, char)) for char in ones)
    if not ten:
        return int(digits)
    return 10 * (_DIGITS.get(tens, 1) if tens else 1) + int(digits or 0)
