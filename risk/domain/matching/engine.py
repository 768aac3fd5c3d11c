"""The screener: list entries and names in, evidence per goods description out."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import msgspec

from risk.domain.matching.calibration import Calibration
from risk.domain.matching.combine import (
    ALERT_POINT,
    METHOD_ORDER,
    code_only_score,
    combined_score,
)
from risk.domain.matching.compiled import lasting_objects, load_or_compile
from risk.domain.matching.contradictions import NAME_METHODS, Contradictions, weakened
from risk.domain.matching.covers import COVER_NAME_SCORE, CoverNames
from risk.domain.matching.dismissals import told_once
from risk.domain.matching.evidence import (
    Dismissal,
    EvidenceKind,
    ListVerdict,
    Method,
    Reason,
    SubstanceEvidence,
    Verdict,
)
from risk.domain.matching.given_identifiers import of_listed, with_structures
from risk.domain.matching.grades import assumed_strength, is_figure_of_oxide
from risk.domain.matching.lexicon import Lexicon
from risk.domain.matching.mentions import Mention, MentionFinder, TextReading, mention_of
from risk.domain.matching.mixtures import (
    Concentration,
    list_verdicts,
    row_verdict,
)
from risk.domain.matching.molarity import MolarMasses
from risk.domain.matching.names import FuzzyNames
from risk.domain.matching.preparations import Preparations
from risk.domain.matching.registry import CodeMeaning, EntryRegistry
from risk.domain.matching.stated import said_by_substance
from risk.domain.matching.strength import FAIR, is_molecular_formula
from risk.domain.matching.structure import StructureIndex
from risk.domain.matching.tail import InnocentTail, NamesOnNoList
from risk.domain.substances import CoverName, ListEntry, SubstanceIdentifier, SubstanceName

ENGINE_VERSION: str = "16"
INGREDIENT_SCORE = 0.50
MAX_TEXT_LENGTH = 65_536
MAX_KEPT_VERDICTS = 50_000


# A substance, a day and what is stated: percent, less than it, it or more.
_Judged = tuple[str, date | None, tuple[Decimal, bool, bool] | None]


class Screening(msgspec.Struct, frozen=True):
    """What a text names, and what looks like it and was dismissed, by place."""

    evidence: tuple[SubstanceEvidence, ...]
    dismissed: tuple[Dismissal, ...]


class Screener:
    """Recognises listed substances in goods descriptions.

    Built once from the entries and names of the chosen lists; afterwards immutable but for
    its caches, so that one screener serves one process. ``innocent_names`` are names of
    chemicals on no list: a span that is one, or is as near to one, is not a listed name.
    ``tail`` holds many more of them. ``cover_names`` are what listed substances were
    declared as; ``identifiers`` are what editors gave them beside those of the entries. The words
    of ``goods``, wordings of the tariff, are looked up when the names are compiled.
    ``cache_folder`` keeps the compiled names from one process to the next.
    """

    def __init__(
        self,
        entries: Sequence[ListEntry],
        names: Sequence[SubstanceName],
        innocent_names: Sequence[str] = (),
        calibration: Calibration | None = None,
        *,
        cover_names: Sequence[CoverName] = (),
        identifiers: Sequence[SubstanceIdentifier] = (),
        tail: InnocentTail | None = None,
        goods: Sequence[str] = (),
        cache_folder: Path | None = None,
    ) -> None:
        self._entries = tuple(entries)
        self._calibration = calibration or Calibration()
        listed = {entry.substance_key for entry in entries}
        self._names = tuple(name for name in names if name.substance_key in listed)
        self._innocent_names = tuple(innocent_names)
        self._identifiers = of_listed(identifiers, listed)
        self._registry = EntryRegistry(self._entries, self._names, self._identifiers)
        self._masses = MolarMasses(self._entries)
        self._verdicts: dict[_Judged, tuple[tuple[ListVerdict, ...], Verdict]] = {}
        self.structures = StructureIndex(with_structures(self._entries, self._identifiers))
        self._on_no_list = NamesOnNoList(
            tail,
            {entry.cas_rn for entry in entries}
            | {one.value for one in self._identifiers if one.kind == "cas"},
        )
        with lasting_objects():
            compiled = load_or_compile(
                self._names, self._innocent_names, ENGINE_VERSION, cache_folder, goods
            )
            self._lexicon = Lexicon(compiled.vocabulary)
            fuzzy = FuzzyNames(self._lexicon, compiled.near, self._on_no_list)
        self._covers = CoverNames(cover_names, listed)
        self._contradictions = Contradictions(self._registry, self._on_no_list)
        others = (self._covers.lexicon,) if self._covers.covers else ()
        self._finder = MentionFinder(self._registry, self.structures, self._lexicon, fuzzy, others)

    @property
    def is_tail_known(self) -> bool:
        """Whether the long tail of innocent names was there."""
        return self._on_no_list.is_known

    @cached_property
    def digest(self) -> str:
        """SHA-256 over engine, entries, all names, calibration: the key of stored matches."""
        encoder = msgspec.json.Encoder(order="deterministic")
        points = self._calibration.points
        innocent = (self._innocent_names, self._on_no_list.digest)
        content = (ENGINE_VERSION, self._entries, self._names, *innocent, points)
        added = [part for part in (self._covers.covers, self._identifiers) if part]
        return hashlib.sha256(encoder.encode((*content, *added))).hexdigest()

    def screen(
        self, text: str, commodity_code: str = "", *, on: date | None = None
    ) -> tuple[SubstanceEvidence, ...]:
        """Evidence in ``text`` and ``commodity_code``, by place, code-only evidence last.

        One item per substance and span; the strongest method of a span wins, other methods
        that point to the same substance are its support. Entries not in force on ``on``
        are left out. Text beyond 65,536 characters is not read. Never raises; linear time.
        """
        return self._screen(text, commodity_code, on, None)

    def explain(self, text: str, commodity_code: str = "", *, on: date | None = None) -> Screening:
        """The same evidence, and beside it what looks like a listed substance and is none.

        Slower than ``screen``: for a text that a person asks about.
        """
        dismissed: list[Dismissal] = []
        evidence = self._screen(text, commodity_code, on, dismissed)
        return Screening(evidence, told_once(dismissed, evidence))

    def _screen(
        self, text: str, commodity_code: str, on: date | None, dismissed: list[Dismissal] | None
    ) -> tuple[SubstanceEvidence, ...]:
        text = text[:MAX_TEXT_LENGTH]
        codes = (
            {m.substance_key: m for m in self._registry.meanings_of(commodity_code)}
            if commodity_code
            else {}
        )
        reading = (
            self._finder.find_if_any(text)
            if not codes and dismissed is None
            else self._finder.find(text, dismissed)
        )
        if reading is None:
            return ()
        contradicted = self._contradictions.of_numbers(text, reading.mentions, reading.numbers)
        mentions = weakened(reading.mentions, contradicted)
        substances = said_by_substance(text, mentions, codes, self._masses)
        preparations = Preparations(text)
        found = []
        for mention in _strongest_per_span(mentions):
            known = substances[mention.substance_key]
            support = known.support_of(mention.method)
            stated = known.stated_at(mention.start, mention.end)
            score = combined_score(_score_beside(mention, stated), support)
            stated = _strength(text, mention, stated)
            evidence = self._evidence(text, mention, score, support, stated, on)
            if evidence is not None:
                is_name = mention.method in NAME_METHODS
                against = self._contradictions.of_code(mention.substance_key, commodity_code)
                if is_name and (number := contradicted.get((mention.start, mention.end))):
                    against = (number, *against)
                if against:
                    evidence = msgspec.structs.replace(evidence, contradictions=against)
                if stated is None and (span := known.unconverted_at(mention.start, mention.end)):
                    evidence = msgspec.structs.replace(evidence, concentration_span=span)
                if is_name and preparations.hold(mention.start, mention.end):
                    evidence = _as_ingredient(evidence, support)
                found.append(evidence)
            elif dismissed is not None:
                dismissed.append(_not_in_force(text, mention))
        named = {evidence.substance_key for evidence in found}
        if covers := self._cover_evidence(text, commodity_code, named, on):
            found = sorted((*found, *covers), key=lambda one: (one.start, one.end))
            named |= {evidence.substance_key for evidence in covers}
        found.extend(self._code_evidence(reading, codes, named, on))
        return tuple(found)

    def unread_names(self, text: str) -> list[str]:
        """Systematic-looking names in ``text`` that no lexicon knows and nobody learned."""
        return [
            name for name in self.structures.unread_names(text) if not self._lexicon.is_known(name)
        ]

    def learn_names(self, names: Iterable[str]) -> set[str]:
        """Those of ``names`` that are structures; ``screen`` finds them from now on.

        Starts Java once; raises OpsinMissing without it. For batches, never for one call.
        """
        return self.structures.learn(names)

    def screen_many(
        self, rows: Iterable[tuple[str, str]], *, on: date | None = None
    ) -> list[tuple[SubstanceEvidence, ...]]:
        """Evidence for each (text, commodity code), in order; equal rows are screened once."""
        known: dict[tuple[str, str], tuple[SubstanceEvidence, ...]] = {}
        results = []
        for row in rows:
            evidence = known.get(row)
            if evidence is None:
                evidence = known[row] = self.screen(row[0], row[1], on=on)
            results.append(evidence)
        return results

    def _judged(
        self, substance_key: str, on: date | None, stated: Concentration | None
    ) -> tuple[tuple[ListVerdict, ...], Verdict]:
        """The verdicts over the entries in force, none without any, and that of the row; the
        same for every text that states as much."""
        said = None
        if stated is not None:
            said = (stated.percent, stated.is_below_figure, stated.is_open_above)
        case = (substance_key, on, said)
        judged = self._verdicts.get(case)
        if judged is None:
            verdicts = list_verdicts(self._registry.in_force(substance_key, on), stated)
            judged = verdicts, row_verdict(verdicts, stated)
            if len(self._verdicts) < MAX_KEPT_VERDICTS:
                self._verdicts[case] = judged
        return judged

    def _evidence(
        self,
        text: str,
        mention: Mention,
        score: float,
        support: dict[Method, float],
        stated: Concentration | None,
        on: date | None,
    ) -> SubstanceEvidence | None:
        verdicts, verdict = self._judged(mention.substance_key, on, stated)
        if not verdicts:
            return None
        is_above = score >= ALERT_POINT
        return SubstanceEvidence(
            substance_key=mention.substance_key,
            matched_text=text[mention.start : mention.end],
            start=mention.start,
            end=mention.end,
            name=mention.name,
            lang=mention.lang,
            method=mention.method,
            match_score=self._calibration.score(mention.method, score),
            concentration_pct=stated.percent if stated else None,
            concentration_span=(stated.start, stated.end) if stated else None,
            verdict=verdict,
            list_verdicts=verdicts,
            support=tuple(support),
            is_above_alert_point=is_above,
            flagged=is_above and verdict is not Verdict.BELOW,
            is_concentration_assumed=stated is not None and stated.is_assumed,
            nearest_innocent=mention.innocent,
        )

    def _cover_evidence(
        self, text: str, commodity_code: str, named: set[str], on: date | None
    ) -> list[SubstanceEvidence]:
        """Of substances that the text does not name; a percent beside is that of other goods."""
        found = []
        for start, end, ref in self._covers.find(text, commodity_code):
            if ref.substance_key in named or not self._finder.is_present(text, start, end, ref):
                continue
            mention = mention_of(ref, start, end, Method.EXACT, COVER_NAME_SCORE)
            evidence = self._evidence(text, mention, COVER_NAME_SCORE, {}, None, on)
            if evidence is not None:
                found.append(
                    msgspec.structs.replace(
                        evidence, match_score=COVER_NAME_SCORE, kind=EvidenceKind.COVER_NAME
                    )
                )
        return found

    def _code_evidence(
        self, reading: TextReading, codes: dict[str, CodeMeaning], named: set[str], on: date | None
    ) -> list[SubstanceEvidence]:
        found = []
        for key, meaning in codes.items():
            if key in named:
                continue
            mention = Mention(key, 0, 0, Method.CODE, meaning.score, name=meaning.code)
            score = code_only_score(meaning.score)
            evidence = self._evidence("", mention, score, {}, None, on)
            if evidence is not None:
                against = self._contradictions.of_text(reading, meaning)
                found.append(msgspec.structs.replace(evidence, contradictions=against))
        return found


def _score_beside(mention: Mention, stated: Concentration | None) -> float:
    """A formula with a percent is goods: "H2SO4 98 %"."""
    is_goods = stated is not None and is_molecular_formula(mention.name)
    return max(mention.score, FAIR) if is_goods else mention.score


def _strength(text: str, mention: Mention, stated: Concentration | None) -> Concentration | None:
    place = (mention.substance_key, text, mention.start, mention.end)
    if stated is None or is_figure_of_oxide(*place):
        return assumed_strength(*place)
    return stated


def _not_in_force(text: str, mention: Mention) -> Dismissal:
    return Dismissal(
        substance_key=mention.substance_key,
        matched_text=text[mention.start : mention.end],
        start=mention.start,
        end=mention.end,
        name=mention.name,
        method=mention.method,
        reason=Reason.NOT_IN_FORCE,
    )


def _as_ingredient(evidence: SubstanceEvidence, support: dict[Method, float]) -> SubstanceEvidence:
    """An ingredient of other goods: under the alert point, but for a number or a limit reached."""
    weak = (*NAME_METHODS, Method.FORMULA, Method.CODE)
    is_number_given = any(method not in weak for method in support)
    is_limit_reached = any(
        verdict.limit_pct is not None and verdict.verdict is Verdict.ABOVE
        for verdict in evidence.list_verdicts
    )
    if is_number_given or is_limit_reached:
        return msgspec.structs.replace(evidence, is_preparation=True)
    return msgspec.structs.replace(
        evidence,
        match_score=min(evidence.match_score, INGREDIENT_SCORE),
        is_above_alert_point=False,
        flagged=False,
        is_preparation=True,
    )


def _strongest_per_span(mentions: Sequence[Mention]) -> list[Mention]:
    """One mention per substance and span, by place; the earlier method of the order wins."""
    best: dict[tuple[int, int, str], Mention] = {}
    for mention in mentions:
        place = (mention.start, mention.end, mention.substance_key)
        known = best.get(place)
        if known is None or METHOD_ORDER.index(mention.method) < METHOD_ORDER.index(known.method):
            best[place] = mention
    return [best[place] for place in sorted(best)]
