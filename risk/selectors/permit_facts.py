"""What the register says of the controlled items of a chunk, as of each declaration."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from risk.domain.facts import MatchFacts
from risk.domain.indicators.standing import is_controlled
from risk.domain.permits.checks import (
    Consignment,
    Document,
    Drawn,
    Goods,
    Named,
    Permit,
    PermitFacts,
    check_named,
    confirmed_permits,
    named_permits,
    propose,
)
from risk.selectors.permits import (
    Kinds,
    by_number,
    lines_of_numbers,
    permit_kinds,
    permits_of,
    possible_holders,
)
from risk.selectors.running import LINKING_KINDS
from shipments.domain.authorisations import AuthorisationKind, number_key
from shipments.domain.values import DocumentKind
from shipments.models import AuthorisationLine, GoodsItemDocument

ASSUMED_DAYS_TO_ARRIVAL = 5
"""Preliminary information comes so many days before the goods, unless it states the day."""
LEAVES = frozenset(
    {AuthorisationKind.LICENCE, AuthorisationKind.IMPORT_PERMIT, AuthorisationKind.EXPORT_PERMIT}
)
"""What this state allows a consignment by; an item that names none of them has no permit."""

# As of the declaration, and whatever another batch had drawn before: of two that draw too
# much together at least one sees it, in whatever order they came.
_DRAWN = """
    SELECT own.goods_item_id, own.line_id, own.mass_kg, own.grounds,
           before.total_kg, before.declarations
    FROM shipments_drawdown AS own
    JOIN shipments_declaration AS d ON d.id = own.declaration_id
    CROSS JOIN LATERAL (
      SELECT sum(of_one.mass_kg) AS total_kg, count(*) FILTER (WHERE of_one.mass_kg > 0)
        AS declarations
      FROM (
        SELECT other.registration_number, sum(other.mass_kg) AS mass_kg
        FROM shipments_drawdown AS other
        LEFT JOIN shipments_declaration AS from_other ON from_other.id = other.declaration_id
        WHERE other.line_id = own.line_id
          AND ((other.accepted_at, other.registration_number, other.item_number)
                 <= (own.accepted_at, own.registration_number, own.item_number)
               OR coalesce(other.reverses_id, other.id) < own.id
                  AND from_other.batch_id IS DISTINCT FROM d.batch_id)
        GROUP BY other.registration_number) AS of_one) AS before
    WHERE own.goods_item_id = ANY(%(items)s) AND own.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM shipments_drawdown WHERE reverses_id = own.id)
"""


# By the number of the declaration, so that a decision holds for later versions, too.
_DECIDED = """
    SELECT i.id, line.id, permit.number_key
    FROM shipments_goodsitem AS i
    JOIN shipments_declaration AS d ON d.id = i.declaration_id
    JOIN risk_permitmatch AS decided ON decided.registration_number = d.registration_number
     AND decided.item_number = i.item_number AND decided.state = 'active'
    JOIN shipments_authorisationline AS line ON line.id = decided.line_id
    JOIN shipments_authorisation AS permit ON permit.id = line.authorisation_id
    WHERE i.id = ANY(%s) ORDER BY i.id, line.id
"""


class Item(NamedTuple):
    """A goods item that names something controlled: ``controlled`` keys of substances that
    need a permit unless their quantity is exempted, ``named`` all that it names."""

    pk: int
    declaration_id: int
    controlled: tuple[str, ...]
    named: tuple[str, ...]


class Declared(NamedTuple):
    """What the declaration of an item says; ``day`` is the office's local day."""

    pk: int
    day: date
    document_kind: str
    direction: str
    offices: tuple[str, ...]
    arrives_on: date | None = None


def asking_item(item_id: int, declaration_id: int, matches: Iterable[MatchFacts]) -> Item | None:
    """The item as the register is asked for it; None when it names nothing controlled."""
    told = [match for match in matches if not match.is_cover_name]
    controlled = {match.substance_key for match in told if is_controlled(match)}
    if not controlled:
        return None
    named = {match.substance_key for match in told}
    return Item(item_id, declaration_id, tuple(sorted(controlled)), tuple(sorted(named)))


def permit_facts(
    items: Sequence[Item], declared: Mapping[int, Declared]
) -> dict[int, tuple[PermitFacts, ...]]:
    """By item id; an item is left out when the register cannot tell. No query without items,
    nine at most."""
    if not items:
        return {}
    kept = _kept_kinds()
    if not kept:
        return {}
    kinds = permit_kinds()
    documents = _documents([item.pk for item in items], kinds)
    decided, decided_numbers = _decided([item.pk for item in items])
    numbers = {one.number for of in documents.values() for one in of} | decided_numbers
    permits = by_number(permits_of(lines_of_numbers(numbers))) if numbers else {}
    concerned = {item.declaration_id for item in items}
    holders = possible_holders({pk: declared[pk].direction for pk in concerned})
    around = _consignments(declared, holders, permits)
    drawn = _drawn([item.pk for item in items if item.pk in documents or item.pk in decided])
    under = _under(items, decided, [one for of in permits.values() for one in of])
    lacking = [
        item
        for item in items
        if not under[item.pk] and _names_no_leave(documents.get(item.pk, ()), kinds)
    ]
    fitting = _fitting(lacking, holders) if not kept.isdisjoint(LEAVES) else None
    found: dict[int, tuple[PermitFacts, ...]] = {}
    for item in items:
        consignment = around[item.declaration_id]
        goods = Goods(substances=dict.fromkeys(item.named))
        named = named_permits(documents.get(item.pk, ()), permits, kinds, goods)
        checked = _checked((*named, *under[item.pk]), consignment, drawn, item.pk, kept)
        told = tuple(one for one in checked if one is not None)
        if fitting is not None and item in lacking:
            own = [one for pk in consignment.party_ids for one in fitting.get(pk, ())]
            own.sort(key=lambda one: (one.authority, one.number))
            told += propose(own, item.controlled, consignment)
        if told:
            found[item.pk] = told
    return found


def _decided(item_ids: Sequence[int]) -> tuple[dict[int, list[int]], set[str]]:
    """The lines that two people say items came under, by item, and the numbers of their permits."""
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_DECIDED, [list(item_ids)])
        rows: list[tuple[int, int, str]] = cursor.fetchall()
    for item_id, line_id, _ in rows:
        found[item_id].append(line_id)
    return found, {number for _, _, number in rows}


def _under(
    items: Sequence[Item], decided: Mapping[int, Sequence[int]], permits: Sequence[Permit]
) -> dict[int, list[Named]]:
    """By item the permits that it came under by decision; none for most."""
    return {
        item.pk: confirmed_permits(
            decided[item.pk], permits, Goods(substances=dict.fromkeys(item.named))
        )
        if item.pk in decided
        else []
        for item in items
    }


def _checked(
    named: Iterable[Named],
    consignment: Consignment,
    drawn: Mapping[tuple[int, int], Drawn],
    item_id: int,
    kept: frozenset[AuthorisationKind],
) -> list[PermitFacts | None]:
    kinds = permit_kinds()
    return [
        check_named(
            one,
            consignment,
            drawn.get((item_id, one[2].pk)) if one[2] else None,
            is_register_kept=not kept.isdisjoint(kinds.get(one[0].code, ())),
        )
        for one in named
    ]


def _names_no_leave(documents: Iterable[Document], kinds: Kinds) -> bool:
    return all(kinds[one.code].isdisjoint(LEAVES) for one in documents)


def _kept_kinds() -> frozenset[AuthorisationKind]:
    """The kinds of which the register holds any: what it does not hold proves nothing of a
    kind that nobody enters."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM unnest(%s::text[]) AS given (kind) WHERE EXISTS"
            " (SELECT FROM shipments_authorisation AS a WHERE a.kind = given.kind)",
            [[kind.value for kind in AuthorisationKind]],
        )
        return frozenset(AuthorisationKind(kind) for (kind,) in cursor.fetchall())


def _documents(item_ids: Sequence[int], kinds: Kinds) -> dict[int, list[Document]]:
    found: dict[int, list[Document]] = defaultdict(list)
    rows = GoodsItemDocument.objects.filter(goods_item__among=item_ids)
    rows = rows.filter(code__among=list(kinds)).order_by("goods_item_id", "position")
    for item_id, code, number, line in rows.values_list(
        "goods_item_id", "code", "number", "licence_line"
    ):
        found[item_id].append(Document(code, number_key(number), line))
    return found


def _consignments(
    declared: Mapping[int, Declared],
    holders: Mapping[int, frozenset[int]],
    permits: Mapping[str, Sequence[Permit]],
) -> dict[int, Consignment]:
    linked = _linked(
        {one.holder_id for of in permits.values() for one in of},
        frozenset[int]().union(*holders.values()),
    )
    found = {}
    for pk, parties in holders.items():
        one = declared[pk]
        found[pk] = Consignment(
            day=one.day,
            arrives_on=_arrival(one),
            direction=one.direction,
            offices=frozenset(office for office in one.offices if office),
            party_ids=parties,
            linked_ids=frozenset(holder for holder, of in linked if of in parties),
        )
    return found


def _arrival(one: Declared) -> date:
    if one.arrives_on is not None:
        return one.arrives_on
    if one.document_kind == DocumentKind.PRELIMINARY:
        return one.day + timedelta(days=ASSUMED_DAYS_TO_ARRIVAL)
    return one.day


def _linked(holder_ids: set[int], party_ids: frozenset[int]) -> set[tuple[int, int]]:
    """(holder, party) that share a phone, address, account …; asked only for strangers."""
    strangers = holder_ids - party_ids
    if not strangers:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT of_holder.party_id, of_party.party_id
            FROM shipments_partyidentifier AS of_holder
            JOIN shipments_partyidentifier AS of_party
              ON of_party.kind = of_holder.kind AND of_party.value = of_holder.value
            WHERE of_holder.party_id = ANY(%s) AND of_party.party_id = ANY(%s)
              AND of_holder.kind = ANY(%s)
            """,
            [sorted(strangers), sorted(party_ids), list(LINKING_KINDS)],
        )
        return {(holder, party) for holder, party in cursor.fetchall()}


def _drawn(item_ids: Sequence[int]) -> dict[tuple[int, int], Drawn]:
    if not item_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, {"items": list(item_ids)})
        rows: list[tuple[int, int, Decimal, Any, Decimal, int]] = cursor.fetchall()
    return {
        (item, line): Drawn(mass, total, count, tuple(json.loads(grounds)))
        for item, line, mass, grounds, total, count in rows
    }


def _fitting(
    items: Iterable[Item], holders: Mapping[int, frozenset[int]]
) -> dict[int, list[Permit]]:
    """By holder what they hold for substances that these items name; validity is not asked."""
    lacking = list(items)
    party_ids = frozenset[int]().union(*(holders[item.declaration_id] for item in lacking))
    keys = {key for item in lacking for key in item.controlled}
    if not party_ids:
        return {}
    lines = AuthorisationLine.objects.filter(
        authorisation__holder__among=party_ids, substance_key__among=keys
    )
    found: dict[int, list[Permit]] = defaultdict(list)
    for permit in permits_of(lines.select_related("authorisation__holder").order_by("pk")):
        found[permit.holder_id].append(permit)
    return found
