"""The concentration stated beside a name, and the verdict against each list's limit."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

import msgspec

from risk.domain.matching.evidence import ListVerdict, Verdict
from risk.domain.matching.spelt_numbers import (
    IDEOGRAPHIC,
    SPELT,
    value_of_ideographs,
    value_of_words,
)
from risk.domain.substances import ListEntry

_NUMBER = r"\d{1,3}(?:[.,]\d{1,4})?"
_PERCENT_SIGN = r"(?:[%％]|per ?cent\b|процент\w*|проц\.?|пайыз\w*|GHT\b|pct\b)"


def _percent_pattern(number: str) -> re.Pattern[str]:
    """A figure or words for it, or a range of them, with what is said before and the sign."""
    return re.compile(
        rf"(?P<least>\b(?:min(?:imum)?\.?|not less than|at least|more than|over|не менее|не ниже"
        rf"|более|свыше|от|мин\.?)\s{{0,4}}|[≥>]\s?=?\s{{0,4}}|не менее чем )?"
        rf"(?P<most>\b(?:max(?:imum)?\.?|not more than|at most|up to|less than|under|не более"
        rf"|не выше|менее|меньше|ниже|below|до|макс\.?)\s{{0,4}}|[≤<]\s?=?\s{{0,4}}"
        rf"|(?:低于|少于|小于|不足|未满)\s?)?"
        rf"(?<![\d.,])(?P<low>{number})"
        rf"(?:\s{{0,4}}%?\s{{0,4}}(?:-|–|—|\.\.\.?|…|~|to|до|и)\s{{0,4}}(?P<high>{number}))?"
        rf"\s{{0,4}}-?\s{{0,4}}(?:wt\.?\s{{0,4}}|vol\.?\s{{0,4}}|мас\w*\.?\s{{0,4}}|об\.?\s{{0,4}}|质量|масс\.?\s{{0,4}})?-?{_PERCENT_SIGN}"
        rf"(?P<fewer>\s?-?[дт][ае]н (?:төмен|кем|аз)(?!\w))?",
        re.IGNORECASE,
    )


_PERCENT = _percent_pattern(_NUMBER)
_PERCENT_IN_WORDS = _percent_pattern(SPELT)
_PERCENT_SAID = re.compile("er ?cent|роц|айыз")
_PERCENT_IN_CHINESE = re.compile(
    rf"(?P<least>)(?P<most>低于|少于|小于|不足|未满)?(?P<fewer>)百分之(?P<low>{IDEOGRAPHIC})"
    rf"(?:\s?[-~～—至到]\s?(?:百分之)?(?P<high>{IDEOGRAPHIC}))?"
)
_LESS = frozenset(
    {"less than", "under", "below", "<", "менее", "меньше", "ниже"}
    | {"低于", "少于", "小于", "不足", "未满"}
)
_OF_SOMETHING_ELSE = re.compile(
    r"(?:water|moisture|humidity|impurit\w+|ash|discount|vat|duty|tax|\bвод[аы]|влаг\w*|влажност\w*"
    r"|примес\w+|зол[аы]|скидк\w+|ндс|пошлин\w*|水分|杂质)\D{0,15}$",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_PERCENT_SIGN_ANYWHERE = re.compile("[%％]|er ?cent|роц|айыз|GHT|[pP]ct|PCT")
_GRAMS, _MILLIONTHS = Decimal(10), Decimal(10_000)
_MILLIONTH_UNITS = ("ppm", "mg/l", "мг/л", "mg/kg", "мг/кг", "млн-1")
_PER_LITRE = re.compile(
    r"(?<![\d.,])(?P<figure>\d{1,5}(?:[.,]\d{1,3})?)\s*(?P<unit>g\s?/\s?l|г\s?/\s?л|г/дм(?:3|³)|g/dm(?:3|³)"
    r"|grams? per lit(?:re|er)|грамм\w* на литр|克/升|mg/ml|мг/мл|kg/m(?:3|³)|кг/м(?:3|³)"
    r"|ppm|mg/l|мг/л|mg/kg|мг/кг|млн-1)(?![\w/])",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(?:\bwater|\bвод[аыеойю]{1,2}\b|\bсу\b|сумен|水|dilut\w+|разбавл\w+|разведен\w+)"
    r"(?P<other>\D{0,40}?)(?P<first>\d{1,3})\s?[:：]\s?(?P<second>\d{1,3})(?![\d:])",
    re.IGNORECASE,
)
# "acetone 1:1 water", "1:3 с водой".
_PARTS_BEFORE_WATER = re.compile(
    r"(?<![\d:.,])(?P<first>\d{1,3})\s?[:：]\s?(?P<second>\d{1,3})(?![\d:])\s{0,2}"
    r"(?:in |with |с |в )?"
    r"(?:water\b|вод[аыеойю]{1,2}\b|сумен|су\b|水)",
    re.IGNORECASE,
)
# "соляная кислота (1:3)": one part of acid and three of water.
_PARTS_OF_ACID = re.compile(
    r"(?:\bacid|\bкислот\w{1,3}|\bк-т\w{1,2}|қышқыл\w{0,4}|酸|\bHCl|\bH2SO4)[\s,]{0,2}[(（]?\s?"
    r"(?P<first>1)\s?[:：]\s?(?P<second>[1-9]\d?)(?![\d:])",
    re.IGNORECASE,
)
# "1 часть на 3 части воды", "one part to three parts": of acid and water, or of two goods.
_PART = r"(?:част[ьиейям]{1,3}|parts?|бөлік\w{0,4}|份)"
_SHARE = rf"(?:\d{{1,3}}|{SPELT}|[一两二三四五六七八九十])\s?{_PART}"
_PARTS_IN_WORDS = re.compile(
    rf"(?<![\d.,:])(?P<first>{_SHARE})(?P<between>[^\d;.]{{0,40}}?)(?P<second>{_SHARE})"
    r"(?P<behind>[^,;.\d]{0,20})",
    re.IGNORECASE,
)
_PART_WORD = re.compile("част|part|бөлік|份")
_WATER = re.compile(r"water|вод[аыеойю]|\bсу\b|сумен|水", re.IGNORECASE)
_RATIO_WORDS = r"(?:in|the|ratio|of|в|соотношении|соотношение|пропорции|1)"
_LETTER = re.compile(rf"(?!\b{_RATIO_WORDS}\b)\b[^\W\d_]{{3,}}", re.IGNORECASE)
_NAMED = re.compile(r"\s*(?:of |from )?[^\W\d_]{4}")
_COUNT = re.compile(r"\d+|[一两二三四五六七八九十]+")
_MAX_GAP = 45
_PHRASE_END_COST = 12
# Names on either side of a percent that may own it.
_NEIGHBOURS = 6


class Concentration(msgspec.Struct, frozen=True, gc=False):
    """A stated percent with its span in the original; the upper figure of a range.

    ``is_assumed``: told by a grade word, or converted from grams per litre or parts.
    ``is_below_figure``: "less than" it; ``is_open_above``: it or more, as "over" and "min." say.
    """

    percent: Decimal
    start: int
    end: int
    is_below_figure: bool = False
    is_open_above: bool = False
    is_assumed: bool = False


class _Placed(Protocol):
    """What is stated at a place of a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Stated = TypeVar("Stated", bound=_Placed)


def find_concentrations(text: str) -> list[Concentration]:
    """Concentrations in the text that are not of water, impurities or money, by place.

    Percent from 0 to 100; grams per litre as tenths of a percent (density taken as 1); parts
    ("with water 1:3", "acid 1:3"); parts per million.
    """
    found: list[Concentration] = []
    if _PERCENT_SIGN_ANYWHERE.search(text):
        found += _percents(text, _PERCENT, _decimal)
    lowered = text.lower()
    if _PERCENT_SAID.search(lowered):
        found += _percents(text, _PERCENT_IN_WORDS, value_of_words)
    if "百分之" in text:
        found += _percents(text, _PERCENT_IN_CHINESE, value_of_ideographs)
    if _DIGIT.search(text):
        found += _grams_per_litre(text)
        if ":" in text or "：" in text:
            found += _parts(text)
    if _PART_WORD.search(lowered):
        found += _parts_in_words(text)
    found.sort(key=lambda one: one.start)
    return found


def _percents(
    text: str, pattern: re.Pattern[str], value: Callable[[str], Decimal]
) -> Iterator[Concentration]:
    for match in pattern.finditer(text):
        if _OF_SOMETHING_ELSE.search(text[max(0, match.start() - 30) : match.start()]):
            continue
        figures = [value(figure) for figure in (match["low"], match["high"]) if figure]
        percent = max(figures)
        if percent > 100:
            continue
        limit_word = (match["most"] or "").strip().lower()
        is_below = limit_word in _LESS or bool(match["fewer"])
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        is_open = bool(match["least"]) and not match["most"] and match["high"] is None
        yield Concentration(percent, start, match.end(), is_below, is_open)


def _grams_per_litre(text: str) -> Iterator[Concentration]:
    for match in _PER_LITRE.finditer(text):
        unit = match["unit"].lower()
        per_percent = _MILLIONTHS if unit in _MILLIONTH_UNITS else _GRAMS
        percent = min(Decimal(100), _decimal(match["figure"]) / per_percent)
        yield Concentration(percent, match.start(), match.end(), is_assumed=True)


def _parts(text: str) -> Iterator[Concentration]:
    """The share of what is mixed with water; the figure beside water is that of water."""
    for match in _PARTS.finditer(text):
        first, second = Decimal(match["first"]), Decimal(match["second"])
        if not first + second:
            continue
        is_water_first = bool(match["other"] and _LETTER.search(match["other"]))
        share = second if is_water_first else first
        percent = (100 * share / (first + second)).quantize(Decimal("0.01"))
        yield Concentration(percent, match.start("first"), match.end(), is_assumed=True)
    for match in _PARTS_BEFORE_WATER.finditer(text):
        first, second = Decimal(match["first"]), Decimal(match["second"])
        if first + second:
            percent = (100 * first / (first + second)).quantize(Decimal("0.01"))
            yield Concentration(percent, match.start("first"), match.end("second"), is_assumed=True)
    for match in _PARTS_OF_ACID.finditer(text):
        percent = (100 / (1 + Decimal(match["second"]))).quantize(Decimal("0.01"))
        yield Concentration(percent, match.start("first"), match.end(), is_assumed=True)


def _parts_in_words(text: str) -> Iterator[Concentration]:
    """The share of each part that is not water; a second part of nothing named is water."""
    for match in _PARTS_IN_WORDS.finditer(text):
        first, second = _count(match["first"]), _count(match["second"])
        if not first + second:
            continue
        is_water_first = _WATER.search(match["between"]) is not None
        parts = [("second", second)] if is_water_first else [("first", first)]
        if (
            not is_water_first
            and _NAMED.match(match["behind"])
            and not _WATER.search(match["behind"])
        ):
            parts.append(("second", second))
        for place, count in parts:
            percent = (100 * count / (first + second)).quantize(Decimal("0.01"))
            yield Concentration(percent, match.start(place), match.end(place), is_assumed=True)


def _count(share: str) -> Decimal:
    figure = _COUNT.match(share)
    if figure is None:
        return value_of_words(share)
    written = figure[0]
    return Decimal(written) if written.isdecimal() else value_of_ideographs(written)


def _decimal(figure: str) -> Decimal:
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in figure)
    return Decimal(plain.replace(",", "."))


def assign_concentrations(
    text: str, spans: Sequence[tuple[int, int]], concentrations: Sequence[Stated]
) -> list[Stated | None]:
    """For each span in ascending order the strength that belongs to it, or None.

    A strength belongs to the nearest name; the end of a phrase between them counts as distance.
    Of several of one name the nearest is taken.
    """
    best: list[tuple[int, Stated] | None] = [None] * len(spans)
    for concentration in concentrations:
        at = bisect_left(spans, (concentration.start, 0))
        near = range(max(0, at - _NEIGHBOURS), min(len(spans), at + _NEIGHBOURS))
        costs = [(_cost(text, spans[index], concentration), index) for index in near]
        if not costs:
            break
        cost, index = min(costs)
        known = best[index]
        if cost <= _MAX_GAP and (known is None or cost < known[0]):
            best[index] = (cost, concentration)
    return [found[1] if found else None for found in best]


def _cost(text: str, span: tuple[int, int], concentration: _Placed) -> int:
    start, end = span
    if concentration.start >= end:
        gap = text[end : concentration.start]
    elif concentration.end <= start:
        gap = text[concentration.end : start]
    else:
        return 0
    if len(gap) > _MAX_GAP:
        return _MAX_GAP + 1
    phrase_ends = gap.count(",") + gap.count("\n") + 3 * gap.count(";")
    return len(gap) + _PHRASE_END_COST * phrase_ends


def list_verdicts(
    entries: Sequence[ListEntry], stated: Concentration | None
) -> tuple[ListVerdict, ...]:
    """The verdict per list over the entries of one substance, in list order.

    The lowest limit of a list counts, of equal ones that which holds itself. An unknown
    limit gives ``not_stated`` with ``is_limit_known`` False: it neither raises nor clears.
    """
    by_list: dict[str, list[ListEntry]] = {}
    for entry in entries:
        by_list.setdefault(entry.list_code, []).append(entry)
    return tuple(_list_verdict(code, found, stated) for code, found in by_list.items())


def _list_verdict(
    code: str, entries: Sequence[ListEntry], stated: Concentration | None
) -> ListVerdict:
    limits = [
        (e.concentration_min_pct, e.is_limit_exclusive)
        for e in entries
        if e.concentration_min_pct is not None
    ]
    has_no_limit = any(e.concentration_min_pct is None and e.is_limit_known for e in entries)
    if has_no_limit:
        verdict = Verdict.ABOVE if stated else Verdict.NOT_LIMITED
        return ListVerdict(list_code=code, verdict=verdict)
    if not limits:
        return ListVerdict(list_code=code, verdict=Verdict.NOT_STATED, is_limit_known=False)
    limit, is_exclusive = min(limits)
    if stated is None:
        verdict = Verdict.NOT_STATED
    else:
        verdict = Verdict.ABOVE if _reaches(stated, limit, is_exclusive) else Verdict.BELOW
    return ListVerdict(
        list_code=code, verdict=verdict, limit_pct=limit, is_limit_exclusive=is_exclusive
    )


def _reaches(stated: Concentration, limit: Decimal, is_exclusive: bool) -> bool:
    """At the limit itself: "at least" holds it, "more than" only what is open above."""
    if stated.percent != limit:
        return stated.percent > limit
    return stated.is_open_above if is_exclusive else not stated.is_below_figure


def row_verdict(verdicts: Sequence[ListVerdict], stated: Concentration | None) -> Verdict:
    """The verdict of the row over all lists (table in docs/matching.md)."""
    found = {verdict.verdict for verdict in verdicts}
    if Verdict.ABOVE in found:
        return Verdict.ABOVE
    has_limit = any(verdict.limit_pct is not None for verdict in verdicts)
    if not has_limit:
        return Verdict.NOT_LIMITED
    if stated is None:
        return Verdict.NOT_STATED
    return Verdict.BELOW
