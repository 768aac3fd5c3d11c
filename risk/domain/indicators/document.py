"""Family *document*: how the declaration was filled in."""

from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators.base import (
    IndicatorResult,
    ItemIndicator,
    Parameter,
    Parameters,
    chapter_of,
    fired,
    missing,
    quiet,
)
from risk.domain.indicators.standing import text_matches

TERSE_CODE = "description_terse"

# Inorganic, organic and miscellaneous chemical products: the goods need a full name.
NAMED_CHEMICAL_CHAPTERS = frozenset({28, 29, 38})


def _description_terse(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """Goods of a chemical chapter are described in too few characters to be known.

    Quiet when even the short text names a listed substance. Missing without a
    description or code. Source: rules for filling graph 31; suspicion indicators
    (unclear goods or use).
    """
    chapter = chapter_of(item)
    if chapter is None or item.description_length == 0:
        return missing(TERSE_CODE, item)
    if chapter not in NAMED_CHEMICAL_CHAPTERS or text_matches(item):
        return quiet(TERSE_CODE, item)
    if item.description_length >= params["enough_characters"]:
        return quiet(TERSE_CODE, item)
    strength = 1.0 - item.description_length / params["enough_characters"]
    return fired(TERSE_CODE, item, strength, characters=item.description_length)


DESCRIPTION_TERSE = ItemIndicator(
    code=TERSE_CODE,
    family="document",
    version=1,
    source="Rules for filling graph 31; suspicion indicators: unclear goods or use",
    parameters=(Parameter("enough_characters", 1, 1000),),
    evaluate=_description_terse,
)
