"""The match stage: distinct goods descriptions are screened once, items get their matches."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from risk.domain.matching.combine import SHOW_POINT
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import SubstanceEvidence
from risk.models import ScreenedText, SubstanceMatch
from risk.selectors.lists import ListsInForce, lists_by_day, screener_digest
from risk.selectors.office import office_day
from risk.selectors.texts import text_digest
from risk.services.texts import store_texts
from shipments.models import GoodsItem
from shipments.selectors.declarations import chunk_declarations
from shipments.services.bulk import copy_rows, upsert_rows

_Evidence = tuple[SubstanceEvidence, ...]
_decode = msgspec.json.Decoder(_Evidence).decode


class _Line(NamedTuple):
    """A goods item as screening sees it; ``day`` is the office's local day of acceptance."""

    item_id: int
    text: str
    commodity_code: str
    day: date


class Found(NamedTuple):
    """One recognised substance of one item, by the lists of its declaration's day, or by
    those of the look-back that found it."""

    item_id: int
    evidence: SubstanceEvidence
    lists: ListsInForce
    is_upcoming: bool = False
    look_back_id: int | None = None


def match_chunk(*, batch_id: int, chunk: int) -> Mapping[str, int]:
    """Screen the goods items of the chunk and replace their stored matches.

    The caller holds the transaction. An item is screened with the lists that are law on
    its declaration's day; the answer for a distinct (description, code) is taken from the
    cache when that very screener has given it before. What is not worth showing (the code
    of a basket alone) is not stored; what only lists to come hold is stored as upcoming.
    Matches of look-backs stay. The texts are stored for look-backs to come.
    """
    accepted = chunk_declarations(batch_id=batch_id, chunk=chunk)
    lines = _lines(accepted)
    found = screen_lines(lines, lists_by_day({line.day for line in lines}))
    items = [line.item_id for line in lines]
    SubstanceMatch.objects.filter(goods_item__among=items, look_back=None).delete()
    copy_matches(found)
    distinct = {(line.text, line.commodity_code) for line in lines}
    store_texts(distinct)
    return {"item": len(lines), "distinct": len(distinct), "match": len(found)}


def screen_lines(lines: Iterable[_Line], lists_of: Mapping[date, ListsInForce]) -> list[Found]:
    """What is worth showing in the lines, by the lists of each one's day."""
    by_lists: dict[int, list[_Line]] = {}
    for line in lines:
        by_lists.setdefault(id(lists_of[line.day]), []).append(line)
    found: list[Found] = []
    for group in by_lists.values():
        found.extend(_screen_group(group, lists_of[group[0].day]))
    return found


def _screen_group(lines: Sequence[_Line], lists: ListsInForce) -> list[Found]:
    distinct = {(line.text, line.commodity_code) for line in lines}
    present = _screen_distinct(distinct, lists.screener)
    coming = _screen_distinct(distinct, lists.coming) if lists.coming else {}
    found: list[Found] = []
    for line in lines:
        pair = (line.text, line.commodity_code)
        now = [one for one in present[pair] if one.match_score >= SHOW_POINT]
        named = {one.substance_key for one in now}
        found.extend(Found(line.item_id, one, lists) for one in now)
        found.extend(
            Found(line.item_id, one, lists, is_upcoming=True)
            for one in coming.get(pair, ())
            if one.match_score >= SHOW_POINT and one.substance_key not in named
        )
    return found


def _lines(accepted: Mapping[int, datetime]) -> list[_Line]:
    days = {pk: office_day(at) for pk, at in accepted.items()}
    items = GoodsItem.objects.filter(declaration__among=days).order_by("pk")
    return [
        _Line(pk, text, code, days[declaration_id])
        for pk, text, code, declaration_id in items.values_list(
            "pk", "description", "commodity_code", "declaration_id"
        )
    ]


def _screen_distinct(
    distinct: Iterable[tuple[str, str]], screener: Screener
) -> dict[tuple[str, str], _Evidence]:
    own = screener_digest(screener)
    digests = {text_digest(*pair): pair for pair in sorted(distinct)}
    known = ScreenedText.objects.filter(
        screener_digest=own, text_digest__among=digests
    ).values_list("text_digest", "evidence")
    found = {digests[bytes(digest)]: _decode(bytes(evidence)) for digest, evidence in known}
    missing = [(digest, pair) for digest, pair in digests.items() if pair not in found]
    answers = screener.screen_many([pair for _, pair in missing])
    upsert_rows(
        ScreenedText,
        ("text_digest", "screener_digest", "evidence"),
        [
            (digest, own, msgspec.json.encode(evidence))
            for (digest, _), evidence in zip(missing, answers, strict=True)
        ],
        key=("text_digest", "screener_digest"),
    )
    found.update(zip((pair for _, pair in missing), answers, strict=True))
    return found


_MATCH_COLUMNS = (
    "goods_item",
    "substance",
    "matched_text",
    "start",
    "end",
    "name",
    "lang",
    "method",
    "support",
    "kind",
    "nearest_innocent",
    "contradictions",
    "match_score",
    "concentration_pct",
    "verdict",
    "list_verdicts",
    "is_above_alert_point",
    "is_flagged",
    "is_upcoming",
    "screener_digest",
    "look_back",
)


def copy_matches(matches: Iterable[Found]) -> None:
    """Store the matches; the caller has removed what they replace."""
    copy_rows(SubstanceMatch, _MATCH_COLUMNS, map(_match_row, matches))


def _match_row(match: Found) -> tuple[object, ...]:
    """The values of ``_MATCH_COLUMNS``."""
    item_id, evidence, lists, is_upcoming, look_back_id = match
    return (
        item_id,
        lists.substance_ids[evidence.substance_key],
        evidence.matched_text,
        evidence.start,
        evidence.end,
        evidence.name,
        evidence.lang,
        evidence.method.value,
        msgspec.json.encode(evidence.support).decode(),
        evidence.kind.value,
        evidence.nearest_innocent and msgspec.json.encode(evidence.nearest_innocent).decode(),
        msgspec.json.encode(evidence.contradictions).decode(),
        evidence.match_score,
        evidence.concentration_pct,
        evidence.verdict.value,
        msgspec.json.encode(evidence.list_verdicts).decode(),
        evidence.is_above_alert_point,
        evidence.flagged and not is_upcoming,
        is_upcoming,
        lists.digest,
        look_back_id,
    )
