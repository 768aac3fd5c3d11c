"""The match stage: distinct goods descriptions are screened once, items get their matches."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from risk.domain.matching.combine import SHOW_POINT
from risk.domain.matching.evidence import SubstanceEvidence
from risk.models import ScreenedText, SubstanceMatch
from risk.selectors.lists import ListsInForce, lists_in_force
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


def match_chunk(*, batch_id: int, chunk: int) -> Mapping[str, int]:
    """Screen the goods items of the chunk and replace their stored matches.

    The caller holds the transaction. The answer for a distinct (description, code) is
    taken from the cache when this very screener has given it before. Only lines with
    evidence are then screened against the entries in force on their own day; what is not
    worth showing (the code of a basket alone) is not stored.
    """
    lists = lists_in_force()
    accepted = chunk_declarations(batch_id=batch_id, chunk=chunk)
    lines = _lines(accepted)
    screened = _screen_distinct({(line.text, line.commodity_code) for line in lines}, lists)
    matches = [
        (line.item_id, evidence)
        for line in lines
        if screened[line.text, line.commodity_code]
        for evidence in lists.screener.screen(line.text, line.commodity_code, on=line.day)
        if evidence.match_score >= SHOW_POINT
    ]
    SubstanceMatch.objects.filter(goods_item__in=[line.item_id for line in lines]).delete()
    _copy_matches(matches, lists)
    return {"item": len(lines), "distinct": len(screened), "match": len(matches)}


def text_digest(text: str, commodity_code: str) -> bytes:
    """16 bytes that name one distinct (description, code)."""
    return hashlib.blake2b(f"{text}\0{commodity_code}".encode(), digest_size=16).digest()


def _lines(accepted: Mapping[int, datetime]) -> list[_Line]:
    zone = ZoneInfo(settings.TARGETING["OFFICE_TIME_ZONE"])
    days = {pk: at.astimezone(zone).date() for pk, at in accepted.items()}
    items = GoodsItem.objects.filter(declaration__in=list(days)).order_by("pk")
    return [
        _Line(pk, text, code, days[declaration_id])
        for pk, text, code, declaration_id in items.values_list(
            "pk", "description", "commodity_code", "declaration_id"
        )
    ]


def _screen_distinct(
    distinct: Iterable[tuple[str, str]], lists: ListsInForce
) -> dict[tuple[str, str], _Evidence]:
    digests = {text_digest(*pair): pair for pair in sorted(distinct)}
    known = ScreenedText.objects.filter(
        screener_digest=lists.digest, text_digest__in=list(digests)
    ).values_list("text_digest", "evidence")
    found = {digests[bytes(digest)]: _decode(bytes(evidence)) for digest, evidence in known}
    missing = [(digest, pair) for digest, pair in digests.items() if pair not in found]
    answers = lists.screener.screen_many([pair for _, pair in missing])
    upsert_rows(
        ScreenedText,
        ("text_digest", "screener_digest", "evidence"),
        [
            (digest, lists.digest, msgspec.json.encode(evidence))
            for (digest, _), evidence in zip(missing, answers, strict=True)
        ],
        key=("text_digest", "screener_digest"),
    )
    found.update(zip((pair for _, pair in missing), answers, strict=True))
    return found


def _copy_matches(matches: Iterable[tuple[int, SubstanceEvidence]], lists: ListsInForce) -> None:
    copy_rows(
        SubstanceMatch,
        (
            "goods_item",
            "substance",
            "matched_text",
            "start",
            "end",
            "name",
            "lang",
            "method",
            "support",
            "match_score",
            "concentration_pct",
            "verdict",
            "list_verdicts",
            "is_above_alert_point",
            "is_flagged",
            "screener_digest",
        ),
        (
            (
                item_id,
                lists.substance_ids[evidence.substance_key],
                evidence.matched_text,
                evidence.start,
                evidence.end,
                evidence.name,
                evidence.lang,
                evidence.method.value,
                msgspec.json.encode(evidence.support).decode(),
                evidence.match_score,
                evidence.concentration_pct,
                evidence.verdict.value,
                msgspec.json.encode(evidence.list_verdicts).decode(),
                evidence.is_above_alert_point,
                evidence.flagged,
                lists.digest,
            )
            for item_id, evidence in matches
        ),
    )
