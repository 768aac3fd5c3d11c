"""What a text and its code say about each substance: by which methods, and how strong it is."""

from collections.abc import Mapping, Sequence

from risk.domain.matching.combine import METHOD_ORDER
from risk.domain.matching.evidence import Method
from risk.domain.matching.mentions import Mention
from risk.domain.matching.mixtures import (
    Concentration,
    assign_concentrations,
    find_concentrations,
)
from risk.domain.matching.molarity import Molarity, MolarMasses, find_molarities
from risk.domain.matching.registry import CodeMeaning

_Span = tuple[int, int]


class Said:
    """What the whole text and the code say about one substance."""

    def __init__(self, code: CodeMeaning | None) -> None:
        self._scores: dict[Method, float] = {}
        self._stated: dict[_Span, Concentration] = {}
        self._unconverted: dict[_Span, _Span] = {}
        if code is not None:
            self._scores[Method.CODE] = code.support

    def add(self, mention: Mention, stated: Concentration | None) -> None:
        """Take in a mention and the percent beside it."""
        known = self._scores.get(mention.method, 0.0)
        self._scores[mention.method] = max(known, mention.score)
        if stated is not None:
            self._stated[mention.start, mention.end] = stated

    def add_unconverted(self, mention: Mention, stated: Molarity) -> None:
        """Take in a strength beside a mention that is no percent."""
        self._unconverted[mention.start, mention.end] = (stated.start, stated.end)

    def support_of(self, method: Method) -> dict[Method, float]:
        """The best score of each other method, strongest first."""
        if len(self._scores) == 1 and method in self._scores:
            return {}
        return {m: self._scores[m] for m in METHOD_ORDER if m in self._scores and m is not method}

    def stated_at(self, start: int, end: int) -> Concentration | None:
        """The percent beside this mention, else beside the first other one that has any."""
        own = self._stated.get((start, end))
        return own or next(iter(self._stated.values()), None)

    def unconverted_at(self, start: int, end: int) -> _Span | None:
        """Where the text states a strength of this mention that is no percent."""
        return self._unconverted.get((start, end))


def said_by_substance(
    text: str, mentions: Sequence[Mention], codes: Mapping[str, CodeMeaning], masses: MolarMasses
) -> dict[str, Said]:
    """The mentions of each substance gathered, with the strengths that belong to them."""
    if not mentions:
        return {}
    spans = sorted({(mention.start, mention.end) for mention in mentions})
    percents = assign_concentrations(text, spans, find_concentrations(text))
    stated = dict(zip(spans, percents, strict=True))
    molar = dict(_molarities(text, [span for span in spans if stated[span] is None]))
    said: dict[str, Said] = {}
    for mention in mentions:
        key, span = mention.substance_key, (mention.start, mention.end)
        substance = said.get(key)
        if substance is None:
            substance = said[key] = Said(codes.get(key))
        percent, moles = stated[span], molar.get(span)
        if moles is not None:
            percent = _converted(masses, key, moles)
            if percent is None:
                substance.add_unconverted(mention, moles)
        substance.add(mention, percent)
    return said


def _molarities(text: str, spans: Sequence[_Span]) -> list[tuple[_Span, Molarity]]:
    found = find_molarities(text)
    if not found:
        return []
    assigned = assign_concentrations(text, spans, found)
    return [(span, one) for span, one in zip(spans, assigned, strict=True) if one is not None]


def _converted(masses: MolarMasses, substance_key: str, moles: Molarity) -> Concentration | None:
    percent = masses.percent(substance_key, moles)
    if percent is None:
        return None
    return Concentration(percent, moles.start, moles.end, is_assumed=True)
