"""The goods items that a chunk of a rescreening judges, and what is stored of them."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec
from django.db.models import Q

from risk.domain.matching.evidence import ListVerdict
from risk.domain.rescreening import StoredMatch
from risk.models import RescreenedDeclaration, RescreenedText, Rescreening, SubstanceMatch
from risk.selectors.texts import text_digest
from shipments.models import GoodsItem

_convert = msgspec.convert


class RescreenedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A goods item with a text that names a changed entry."""

    id: int
    declaration_id: int
    registration_number: str
    customs_office: str
    item_number: int
    description: str
    commodity_code: str
    net_mass_kg: Decimal | None


def items_of_chunk(rescreening: Rescreening, chunk: int) -> list[RescreenedItem]:
    """The items of the chunk's declarations that hold a hit, by declaration and number."""
    declarations = RescreenedDeclaration.objects.filter(rescreening=rescreening, chunk=chunk)
    rows = (
        GoodsItem.objects.filter(declaration__in=declarations.values("declaration"))
        .order_by("declaration_id", "item_number")
        .values_list(
            "pk",
            "declaration_id",
            "declaration__registration_number",
            "declaration__customs_office",
            "item_number",
            "description",
            "commodity_code",
            "net_mass_kg",
        )
    )
    names = RescreenedItem.__struct_fields__
    items = [RescreenedItem(**dict(zip(names, row, strict=True))) for row in rows]
    digests = {item.id: text_digest(item.description, item.commodity_code) for item in items}
    hits = RescreenedText.objects.filter(
        rescreening=rescreening, is_hit=True, text__digest__in=set(digests.values())
    )
    found = {bytes(digest) for digest in hits.values_list("text__digest", flat=True)}
    return [item for item in items if digests[item.id] in found]


def stored_verdicts(
    item_ids: Iterable[int], *, before: Rescreening
) -> dict[int, dict[str, list[StoredMatch]]]:
    """What the lists say by the stored matches: by item and substance, each of them.

    Matches of lists to come, and those that the given look-back or a later one stored, do not
    count.
    """
    matches = SubstanceMatch.objects.filter(goods_item__in=list(item_ids), is_upcoming=False)
    earlier = matches.filter(Q(look_back=None) | Q(look_back__lt=before.pk))
    rows = earlier.values_list(
        "goods_item_id", "substance__key", "list_verdicts", "is_flagged", "is_exempt"
    )
    found: dict[int, dict[str, list[StoredMatch]]] = defaultdict(lambda: defaultdict(list))
    for item_id, key, verdicts, *marks in rows:
        match = StoredMatch(_convert(verdicts, tuple[ListVerdict, ...]), *marks)
        found[item_id][key].append(match)
    return found
