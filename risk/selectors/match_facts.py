"""What a stored match stands for under the lists of a day, or under others laid over them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from risk.domain.facts import MatchFacts
from risk.domain.matching.evidence import (
    Contradiction,
    EvidenceKind,
    ListVerdict,
    Method,
    SubstanceEvidence,
    Verdict,
)
from risk.domain.matching.selection import verdict_over
from risk.domain.permits.claims import near_limit
from risk.domain.permits.exemptions import CONTROLLING_KINDS
from risk.selectors.lists import LawInForce
from risk.selectors.rows import Row, fetch, grouped

# Django leaves jsonb of a raw query as text, which msgspec reads into types at once.
_decode_verdicts = msgspec.json.Decoder(tuple[ListVerdict, ...]).decode
_decode_contradictions = msgspec.json.Decoder(tuple[Contradiction, ...]).decode
_decode_support = msgspec.json.Decoder(tuple[Method, ...]).decode

_MATCHES = """
    SELECT m.goods_item_id, substance.key AS substance_key, m.method, m.support,
           m.match_score, m.verdict, m.list_verdicts, m.concentration_pct,
           m.is_above_alert_point, m.is_flagged, m.kind, m.contradictions, m.look_back_id
    FROM risk_substancematch AS m
    JOIN risk_substance AS substance ON substance.id = m.substance_id
    JOIN shipments_goodsitem AS i ON i.id = m.goods_item_id
    WHERE i.declaration_id = ANY(%(declarations)s) AND NOT m.is_upcoming
    ORDER BY m.goods_item_id, substance.key, m.start, m."end"
"""


class Overlay(msgspec.Struct, frozen=True):
    """What other lists than those of the declarations' days say of some items.

    ``found`` maps an item's id to substances with the evidence that takes the place of
    every stored match of that substance; none, and the substance is not there.
    """

    lists: LawInForce
    found: Mapping[int, Mapping[str, Sequence[SubstanceEvidence]]]
    look_back_id: int | None = None

    def is_later_than(self, look_back_id: int) -> bool:
        """Whether what that look-back found was known before; to a simulation all of it was."""
        return self.look_back_id is None or look_back_id < self.look_back_id


def stored_matches(declaration_ids: Sequence[int]) -> defaultdict[int, list[Row]]:
    """The matches of the declarations' items as they are stored, by item; one query."""
    return grouped(fetch(_MATCHES, {"declarations": list(declaration_ids)}), "goods_item_id")


def matches_of(
    stored: Iterable[Row], item_id: int, lists: LawInForce, overlay: Overlay | None
) -> tuple[MatchFacts, ...]:
    """The item's matches with the lists that each of them is by."""
    if overlay is None:
        return tuple(_match_facts(row, lists) for row in stored if row["look_back_id"] is None)
    own = overlay.found.get(item_id, {})
    kept = [
        _match_facts(row, lists if row["look_back_id"] is None else overlay.lists)
        for row in stored
        if row["substance_key"] not in own
        and (row["look_back_id"] is None or overlay.is_later_than(row["look_back_id"]))
    ]
    new = [
        _match_facts(_as_row(evidence), overlay.lists)
        for key in sorted(own)
        for evidence in own[key]
    ]
    return tuple(sorted((*kept, *new), key=lambda match: match.substance_key))


def _as_row(evidence: SubstanceEvidence) -> Row:
    return {
        "substance_key": evidence.substance_key,
        "method": evidence.method.value,
        "support": msgspec.json.encode(evidence.support),
        "match_score": evidence.match_score,
        "verdict": evidence.verdict.value,
        "list_verdicts": msgspec.json.encode(evidence.list_verdicts),
        "concentration_pct": evidence.concentration_pct,
        "is_above_alert_point": evidence.is_above_alert_point,
        "is_flagged": evidence.flagged,
        "kind": evidence.kind.value,
        "contradictions": msgspec.json.encode(evidence.contradictions),
    }


def _match_facts(row: Row, lists: LawInForce) -> MatchFacts:
    key = row["substance_key"]
    verdicts = _decode_verdicts(row["list_verdicts"])
    codes = tuple(verdict.list_code for verdict in verdicts)
    limits = [verdict.limit_pct for verdict in verdicts if verdict.limit_pct is not None]
    kinds = {kind for code in codes for kind in lists.kinds.get((code, key), ())}
    return MatchFacts(
        substance_key=key,
        method=row["method"],
        match_score=row["match_score"],
        verdict=_verdict(row, verdicts, lists),
        lists=codes,
        kinds=tuple(sorted(kinds)),
        concentration_pct=row["concentration_pct"],
        lowest_limit_pct=min(limits, default=None),
        is_above_alert_point=row["is_above_alert_point"],
        is_flagged=row["is_flagged"],
        is_verified=any(code in lists.verified for code in codes),
        has_code_support=Method.CODE in (row["method"], *_decode_support(row["support"])),
        has_listed_code=key in lists.coded,
        is_limit_reached=any(
            one.limit_pct is not None and one.verdict is Verdict.ABOVE for one in verdicts
        ),
        is_cover_name=row["kind"] == EvidenceKind.COVER_NAME,
        contradictions=tuple(
            sorted({one.kind.value for one in _decode_contradictions(row["contradictions"])})
        ),
        exemptions=lists.exemptions.get(key, ()),
        near_limit_pct=near_limit(row["concentration_pct"], verdicts, lists.home),
    )


def _verdict(row: Row, verdicts: Sequence[ListVerdict], lists: LawInForce) -> str:
    """The verdict over the lists that ask for permits, where there are any: a list that only
    watches has no limit to be below."""
    key = row["substance_key"]
    controlling = [
        one
        for one in verdicts
        if not CONTROLLING_KINDS.isdisjoint(lists.kinds.get((one.list_code, key), ()))
    ]
    if not controlling or len(controlling) == len(verdicts):
        stored: str = row["verdict"]
        return stored
    return verdict_over(controlling).value
