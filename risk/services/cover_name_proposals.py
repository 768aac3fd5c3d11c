"""What an inspection found under another name is proposed as a cover name of the substance."""

from collections.abc import Iterable
from datetime import datetime

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor
from risk.domain.matching.evidence import EvidenceKind
from risk.domain.outcomes import Result
from risk.models import CoverName, InspectionOutcome, SubstanceMatch
from risk.services.cover_names import propose_cover_name
from shipments.domain.errors import InvalidValue
from shipments.models import GoodsItem

PROPOSER = Actor("service:outcomes", "")
# A longer text is a story about goods, not a name: nobody would meet it a second time.
LONGEST_NAME = 120
_KAZAKH = frozenset("әғқңөұүһі")


def propose_from_outcomes(
    found: Iterable[tuple[InspectionOutcome, GoodsItem | None]], *, now: datetime
) -> list[CoverName]:
    """The proposals: goods in which a substance was found that their text did not tell.

    They match nothing until somebody who keeps the lists takes them up. ``source`` names the
    outcome by its id: list editors do not read cases. What is there already is left out.
    """
    proposals = []
    for outcome, item in found:
        if item is None or not _hides(outcome, item):
            continue
        try:
            proposals.append(_propose(outcome, item, now))
        except (InvalidList, InvalidValue, WrongState):
            continue  # no name, no code, or known already: nothing to propose
    return proposals


def language_of(text: str) -> str:
    """The language code that the letters suggest: kk, ru, zh or en.

    >>> [language_of(text) for text in ("Средство моющее", "Жуғыш зат", "清洗剂", "Cleaner")]
    ['ru', 'kk', 'zh', 'en']
    """
    letters = [char for char in text.lower() if char.isalpha()]
    if any("\u4e00" <= char <= "\u9fff" for char in letters):
        return "zh"
    if _KAZAKH.intersection(letters):
        return "kk"
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in letters)
    return "ru" if cyrillic * 2 > len(letters) else "en"


def _hides(outcome: InspectionOutcome, item: GoodsItem) -> bool:
    if outcome.result != Result.OFFENCE or outcome.found_substance is None:
        return False
    if len(item.description) > LONGEST_NAME:
        return False
    told = SubstanceMatch.objects.filter(
        goods_item=item,
        substance=outcome.found_substance,
        kind=EvidenceKind.TOLD.value,
        is_above_alert_point=True,
    )
    return not told.exists()


def _propose(outcome: InspectionOutcome, item: GoodsItem, now: datetime) -> CoverName:
    if outcome.found_substance is None:
        raise InvalidList(column="substance_key", value="", allowed="key of a substance")
    return propose_cover_name(
        substance=outcome.found_substance,
        name=item.description,
        lang=language_of(item.description),
        commodity_code=item.commodity_code,
        source=f"outcome {outcome.pk}",
        actor=PROPOSER,
        now=now,
    )
