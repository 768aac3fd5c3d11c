"""From facts to a score: evaluation, combination, contributions, and their stored bytes."""

import hashlib
import math
import zlib
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from risk.domain.errors import RiskError
from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators import DECLARATION_INDICATORS, INDICATORS, ITEM_INDICATORS
from risk.domain.indicators.base import IndicatorResult, Outcome
from risk.domain.profile import RiskProfile

SCORE_STEP = Decimal("0.01")
_STEPS_PER_POINT = 100
_ORDER = {indicator.code: place for place, indicator in enumerate(INDICATORS)}


class FiredIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """One fired indicator with its part of a score, in points with two places.

    ``item_number`` is 0 for an indicator of the declaration.
    """

    item_number: int
    code: str
    strength: float
    contribution: Decimal
    params: dict[str, str | int | float]


class ItemAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one item; its ``contributions`` add up to ``score`` exactly.

    They hold the declaration's indicators too (with their part in *this* item's score).
    ``verified_score`` is the score without the matches of unverified lists, never above
    ``score``.
    """

    item_number: int
    score: Decimal
    verified_score: Decimal
    confidence: Decimal
    contributions: tuple[FiredIndicator, ...]
    quiet: tuple[str, ...]
    missing: tuple[str, ...]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What one profile says of one declaration.

    The score, confidence, ``quiet`` and ``missing`` codes are those of the leading item:
    the highest score, the lowest item number among equals. ``leading_item`` is 0 for a
    declaration without items. ``verified_score`` is the highest of any item.
    """

    registration_number: str
    version: int
    profile_code: str
    profile_version: int
    score: Decimal
    verified_score: Decimal
    confidence: Decimal
    leading_item: int
    items: tuple[ItemAssessment, ...]
    quiet: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def rows(self) -> tuple[FiredIndicator, ...]:
        """One row per fired indicator: the declaration's first, then each item's own.

        Rows with ``item_number`` 0 or of the leading item add up to ``score``; the rows
        of another item are its own part of that item's score.
        """
        of_declaration = [
            row
            for item in self.items
            if item.item_number == self.leading_item
            for row in item.contributions
            if row.item_number == 0
        ]
        of_items = [
            row for item in self.items for row in item.contributions if row.item_number != 0
        ]
        return (*of_declaration, *of_items)

    @property
    def leading_rows(self) -> tuple[FiredIndicator, ...]:
        """The reasons for the score, largest contribution first; they add up to it."""
        rows = [row for row in self.rows if row.item_number in (0, self.leading_item)]
        return tuple(sorted(rows, key=lambda row: (-row.contribution, _ORDER[row.code])))


def assess(facts: DeclarationFacts, profile: RiskProfile) -> Assessment:
    """Every item's score and the declaration's, which is that of its leading item.

    Pure: equal facts and profile give equal bytes (:func:`encode_assessment`), whatever
    the order of items or matches. Cost: one evaluation of every indicator per item, two
    of the item indicators where an item has matches of unverified lists.
    """
    shared = [
        indicator.evaluate(facts, profile.parameters[indicator.code])
        for indicator in DECLARATION_INDICATORS
        if indicator.code in profile.weights
    ]
    items = tuple(
        _assess_item(facts, item, shared, profile)
        for item in sorted(facts.items, key=lambda item: item.item_number)
    )
    if not items:
        score, fired = score_of(shared, profile)
        items = (_item_assessment(0, score, score, fired, shared, profile),)
    leading = min(items, key=lambda item: (-item.score, item.item_number))
    return Assessment(
        registration_number=facts.registration_number,
        version=facts.version,
        profile_code=profile.code,
        profile_version=profile.version,
        score=leading.score,
        verified_score=max(item.verified_score for item in items),
        confidence=leading.confidence,
        leading_item=leading.item_number,
        items=items,
        quiet=leading.quiet,
        missing=leading.missing,
    )


def _assess_item(
    facts: DeclarationFacts,
    item: ItemFacts,
    shared: Sequence[IndicatorResult],
    profile: RiskProfile,
) -> ItemAssessment:
    results = _evaluate(facts, item, shared, profile)
    score, fired = score_of(results, profile)
    verified_score = score
    verified = tuple(match for match in item.matches if match.is_verified)
    if len(verified) < len(item.matches):
        without = msgspec.structs.replace(item, matches=verified)
        verified_score, _ = score_of(_evaluate(facts, without, shared, profile), profile)
        # Taking evidence away may wake an indicator that it kept quiet.
        verified_score = min(score, verified_score)
    return _item_assessment(item.item_number, score, verified_score, fired, results, profile)


def _evaluate(
    facts: DeclarationFacts,
    item: ItemFacts,
    shared: Sequence[IndicatorResult],
    profile: RiskProfile,
) -> list[IndicatorResult]:
    own = [
        indicator.evaluate(facts, item, profile.parameters[indicator.code])
        for indicator in ITEM_INDICATORS
        if indicator.code in profile.weights
    ]
    return [*own, *shared]


def _item_assessment(
    item_number: int,
    score: Decimal,
    verified_score: Decimal,
    fired: tuple[FiredIndicator, ...],
    results: Sequence[IndicatorResult],
    profile: RiskProfile,
) -> ItemAssessment:
    missing = [r.code for r in results if r.outcome is Outcome.MISSING]
    total = math.fsum(profile.weights[result.code] for result in results)
    undecided = math.fsum(profile.weights[code] for code in missing)
    confidence = 1.0 - undecided / total if total > 0 else 1.0
    return ItemAssessment(
        item_number=item_number,
        score=score,
        verified_score=verified_score,
        confidence=Decimal(repr(confidence)).quantize(SCORE_STEP),
        contributions=fired,
        quiet=tuple(sorted(r.code for r in results if r.outcome is Outcome.QUIET)),
        missing=tuple(sorted(missing)),
    )


def combine(leading: float, supporting: float, profile: RiskProfile) -> float:
    """The evidence of leading and supporting indicators together (both sums of w·s ≥ 0).

    Alone, supporting evidence S counts as C·S/(C+S), which never reaches the ceiling C;
    of what that holds back, the part L/(L+G) counts again once leading evidence L
    stands beside it. Strictly increasing in L and in S.
    """
    ceiling = profile.score.supporting_ceiling
    alone = ceiling * supporting / (ceiling + supporting)
    return leading + alone + (supporting - alone) * _gate(leading, profile)


def _gate(leading: float, profile: RiskProfile) -> float:
    """The part of what cannot count alone that counts beside the leading evidence, 0 to 1."""
    return leading / (leading + profile.score.corroboration_evidence)


def score_of(
    results: Sequence[IndicatorResult], profile: RiskProfile
) -> tuple[Decimal, tuple[FiredIndicator, ...]]:
    """The score in points with two places and the contributions that add up to it.

    ``results`` are those of one item; their order does not matter. Leave one out to ask
    what the score would be without it.
    """
    fired = sorted(
        (result for result in results if result.outcome is Outcome.FIRED),
        key=lambda result: _ORDER[result.code],
    )
    weighted = [(r.code, profile.weights[r.code] * r.strength) for r in fired]
    evidence, parts = _evidence(weighted, profile)
    scale = evidence + profile.score.half_score_evidence
    steps = round(100 * _STEPS_PER_POINT * evidence / scale)
    rows = tuple(
        FiredIndicator(
            item_number=result.item_number,
            code=result.code,
            strength=result.strength,
            contribution=SCORE_STEP * share,
            params=result.params,
        )
        for result, share in zip(fired, apportion(steps, parts), strict=True)
    )
    return SCORE_STEP * steps, rows


def _evidence(
    weighted: Sequence[tuple[str, float]], profile: RiskProfile
) -> tuple[float, list[float]]:
    """The evidence of indicators by code and weighted strength, and the part of each.

    What corroborates has no part without leading evidence.
    """
    # fsum is exact, so the order of addition cannot change a stored score.
    leads, corroborates = profile.leading, profile.corroborating
    leading = math.fsum(part for code, part in weighted if code in leads)
    corroborating = math.fsum(part for code, part in weighted if code in corroborates)
    supporting = math.fsum(part for code, part in weighted if code not in leads | corroborates)
    gate = _gate(leading, profile)
    combined = combine(leading, supporting, profile)
    support = (combined - leading) / supporting if supporting > 0 else 0.0
    factors = dict.fromkeys(leads, 1.0) | dict.fromkeys(corroborates, gate)
    parts = [part * factors.get(code, support) for code, part in weighted]
    return combined + corroborating * gate, parts


def scores_without(
    fired: Iterable[tuple[int, str, float]], profile: RiskProfile
) -> dict[str, Decimal]:
    """By code, the declaration's score if that indicator had been quiet.

    ``fired`` are (item number, code, strength) of all its fired indicators, item number 0 for
    those of the declaration, as they are stored. Never above the score itself.
    """
    results = [
        IndicatorResult(code=code, item_number=item, outcome=Outcome.FIRED, strength=strength)
        for item, code, strength in fired
        if code in profile.weights
    ]
    items = {result.item_number for result in results} | {0}
    return {
        code: max(
            score_of(
                [r for r in results if r.item_number in (0, item) and r.code != code], profile
            )[0]
            for item in items
        )
        for code in {result.code for result in results}
    }


def apportion(steps: int, parts: Sequence[float]) -> list[int]:
    """``steps`` shared out in proportion to ``parts`` by largest remainder, sum exact.

    Equal remainders go to the earlier part. All zero when every part is.

    >>> apportion(10, [1.0, 1.0, 1.0])
    [4, 3, 3]
    """
    total = math.fsum(parts)
    if total <= 0:
        return [0] * len(parts)
    quotas = [steps * part / total for part in parts]
    shares = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(parts)), key=lambda i: (shares[i] - quotas[i], i))
    for index in by_remainder[: steps - sum(shares)]:
        shares[index] += 1
    return shares


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_FACTS_DECODER = msgspec.msgpack.Decoder(DeclarationFacts)


def encode_facts(facts: DeclarationFacts) -> bytes:
    """The facts as they are stored beside an assessment: MessagePack, deflated."""
    return zlib.compress(_ENCODER.encode(facts), 9)


def decode_facts(stored: bytes) -> DeclarationFacts:
    """What :func:`encode_facts` stored; raises RiskError ``facts_unreadable``."""
    try:
        return _FACTS_DECODER.decode(zlib.decompress(stored))
    except (zlib.error, msgspec.DecodeError) as error:
        raise RiskError("facts_unreadable", reason=str(error)) from error


def facts_digest(facts: DeclarationFacts) -> str:
    """SHA-256 of the facts before compression, so that it outlives a zlib version."""
    return hashlib.sha256(_ENCODER.encode(facts)).hexdigest()


def encode_assessment(assessment: Assessment) -> bytes:
    """The assessment in one canonical form: what reassessing must give again."""
    return _ENCODER.encode(assessment)
