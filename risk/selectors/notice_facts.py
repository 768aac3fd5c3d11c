"""What the register of notifications says of a chunk, as of each declaration."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from risk.domain.permits.notices import (
    AwaitedNotice,
    Notice,
    NoticeFacts,
    Taken,
    awaited_notices,
    check_notice,
    no_notice,
)
from risk.selectors.notices import (
    as_notice,
    declared_items,
    importers_notices,
    notice_codes,
    notices_of,
)
from shipments.domain.authorisations import number_key
from shipments.domain.values import Direction, DocumentKind
from shipments.models import Authorisation, GoodsItemDocument

# As of the declaration, and whatever another batch had been matched before: of two that come
# under one notice together at least one sees the other, in whatever order they came. An item of
# an earlier version shares the match of its latest one.
_TAKEN = """
    SELECT item.id, own.notification_id, own.score, own.grounds::text,
           own.differences::text, own.mass_kg, coalesce(before.total_kg, 0)
    FROM shipments_goodsitem AS item
    JOIN shipments_declaration AS d ON d.id = item.declaration_id
    JOIN risk_notificationmatch AS own ON own.registration_number = d.registration_number
     AND own.item_number = item.item_number
    CROSS JOIN LATERAL (
      SELECT sum(other.mass_kg) AS total_kg FROM risk_notificationmatch AS other
      JOIN shipments_declaration AS from_other ON from_other.id = other.declaration_id
      WHERE other.notification_id = own.notification_id AND other.is_counted
        AND other.state IN ('matched', 'confirmed')
        AND ((other.accepted_at, other.registration_number, other.item_number)
               <= (own.accepted_at, own.registration_number, own.item_number)
             OR other.id < own.id AND from_other.batch_id IS DISTINCT FROM d.batch_id)
    ) AS before
    WHERE item.id = ANY(%(items)s) AND own.state IN ('matched', 'confirmed')
    ORDER BY item.id, own.score DESC, own.notification_id
"""
# Of (declaration, notice) those notices under which something was declared as of the declaration.
_USED = """
    SELECT DISTINCT given.id, given.notice_id
    FROM unnest(%(declarations)s::bigint[], %(notices)s::bigint[]) AS given (id, notice_id)
    JOIN shipments_declaration AS d ON d.id = given.id
    JOIN risk_notificationmatch AS match ON match.notification_id = given.notice_id
     AND match.state IN ('matched', 'confirmed')
     AND (match.accepted_at, match.registration_number) <= (d.accepted_at, d.registration_number)
"""
# The exporting states of which the register holds any notice: of the others it says nothing. From
# exporter to exporter along their index: to read all notices for each chunk, or to join them, costs
# the square of what is declared.
_KEPT = """
    WITH RECURSIVE exporter (id) AS (
      SELECT min(exporter_id) FROM shipments_preexportnotification
      UNION ALL
      SELECT (SELECT min(exporter_id) FROM shipments_preexportnotification
              WHERE exporter_id > exporter.id)
      FROM exporter WHERE exporter.id IS NOT NULL
    )
    SELECT DISTINCT party.country FROM exporter
    JOIN shipments_party AS party ON party.id = exporter.id AND party.country = ANY(%(countries)s)
    WHERE EXISTS (SELECT FROM shipments_preexportnotification AS notice
                  WHERE notice.exporter_id = exporter.id AND notice.direction = 'import')
"""
# Items of versions that a later one cancelled: what they were matched to was given back.
_ENDED = """
    SELECT item.id FROM shipments_goodsitem AS item
    JOIN shipments_declaration AS d ON d.id = item.declaration_id
    WHERE item.id = ANY(%(items)s) AND EXISTS (
      SELECT FROM shipments_declaration AS later
      WHERE later.registration_number = d.registration_number AND later.version > d.version
        AND later.is_cancelled)
"""


class Consignment(NamedTuple):
    """A declaration as notices are asked for it; ``items`` are (id, number), ``countries``
    those of dispatch and trade, ``importer_ids`` the parties of its importer's trader."""

    pk: int
    day: date
    document_kind: str
    direction: str
    importer_ids: frozenset[int]
    countries: frozenset[str]
    items: tuple[tuple[int, int], ...]


_Awaited = dict[int, tuple[AwaitedNotice, ...]]


def notice_facts(
    declared: Sequence[Consignment], precursors: Collection[int]
) -> tuple[dict[int, tuple[NoticeFacts, ...]], _Awaited]:
    """The notices by id of those items that are precursors, and by declaration those that are
    awaited. An import of a precursor from a state of which the register holds notices gets an
    entry even without one; what else is left out the register cannot tell."""
    importing = [one for one in declared if one.direction == Direction.IMPORT.value]
    full = [one for one in importing if one.document_kind == DocumentKind.IMPORT.value]
    ids = {pk for one in full for pk in one.importer_ids}
    days = [one.day for one in full]
    rows = importers_notices(ids, min(days), max(days)) if ids else []
    asking = [
        (one, [pk for pk, _ in one.items if pk in precursors])
        for one in full
        if any(pk in precursors for pk, _ in one.items)
    ]
    found = _of_items(asking) if asking else {}
    return found, _awaited(full, [as_notice(row) for row in rows if row.closed_at is None])


def _of_items(
    asking: Sequence[tuple[Consignment, Sequence[int]]],
) -> dict[int, tuple[NoticeFacts, ...]]:
    countries = {country for one, _ in asking for country in one.countries if country}
    kept = {country for (country,) in _rows(_KEPT, {"countries": sorted(countries)})}
    item_ids = [pk for _, items in asking for pk in items]
    taken = _taken(item_ids)
    if not kept and not taken:
        return {}
    notices = notices_of(pk for of in taken.values() for pk, _ in of)
    lacking = [pk for pk in item_ids if pk not in taken]
    ended = {pk for (pk,) in _rows(_ENDED, {"items": lacking})} if lacking else set()
    numbers = _unknown_numbers([pk for pk in lacking if pk not in ended])
    found: dict[int, tuple[NoticeFacts, ...]] = {}
    for one, items in asking:
        for item in items:
            if item in taken:
                found[item] = tuple(
                    check_notice(notices[pk], told, one.day) for pk, told in taken[item]
                )
            elif not kept.isdisjoint(one.countries) and item in numbers:
                found[item] = (no_notice(numbers[item]),)
    return found


def _taken(item_ids: Iterable[int]) -> dict[int, list[tuple[int, Taken]]]:
    found: dict[int, list[tuple[int, Taken]]] = defaultdict(list)
    for item, notice, score, grounds, differences, mass, total in _rows(
        _TAKEN, {"items": list(item_ids)}
    ):
        told = Taken(
            score, tuple(json.loads(grounds)), tuple(json.loads(differences)), mass, Decimal(total)
        )
        found[item].append((notice, told))
    return found


def _unknown_numbers(item_ids: Sequence[int]) -> dict[int, set[str]]:
    """What items without a notice name as one; items that name a permit of the exporting state,
    known to the register, are left out. Two queries at most."""
    if not item_ids:
        return {}
    named: dict[int, set[str]] = {pk: set() for pk in item_ids}
    documents = GoodsItemDocument.objects.filter(
        goods_item__among=item_ids, code__in=notice_codes()
    ).exclude(number="")
    for item, number in documents.values_list("goods_item_id", "number"):
        named[item].add(number_key(number))
    numbers = set[str]().union(*named.values())
    if not numbers:
        return named
    permits = set(
        Authorisation.objects.filter(number_key__among=numbers).values_list("number_key", flat=True)
    )
    return {pk: of_item for pk, of_item in named.items() if not of_item & permits}


def _awaited(full: Sequence[Consignment], notices: Sequence[Notice]) -> _Awaited:
    """Empty for an importer all of whose notices are used or of other times."""
    of_importer: dict[int, list[Notice]] = defaultdict(list)
    for notice in notices:
        of_importer[notice.importer_id].append(notice)
    asking = [one for one in full if not one.importer_ids.isdisjoint(of_importer)]
    if not asking:
        return {}
    opened = {
        one.pk: [
            notice
            for importer in sorted(one.importer_ids)
            for notice in of_importer.get(importer, ())
            if notice.opens_on <= one.day <= notice.closes_on
        ]
        for one in asking
    }
    pairs = [(pk, notice.pk) for pk, of in opened.items() for notice in of]
    used = set(
        _rows(
            _USED,
            {"declarations": [pk for pk, _ in pairs], "notices": [notice for _, notice in pairs]},
        )
    )
    opened = {
        pk: [notice for notice in of if (pk, notice.pk) not in used] for pk, of in opened.items()
    }
    near = [one for one in asking if opened[one.pk]]
    items, _ = declared_items([pk for one in near for pk, _ in one.items]) if near else ({}, {})
    return {
        one.pk: awaited_notices(
            opened[one.pk], [(number, items[pk]) for pk, number in one.items if pk in items]
        )
        for one in asking
    }


def _rows(statement: str, params: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
