"""The honest traders: who imports what from whom, with everything that never changes as JSON."""

from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from risk.domain.proving.firms import (
    Firm,
    Supplier,
    new_firm,
    new_supplier,
    registration_day,
)
from risk.domain.proving.goods import Good
from risk.domain.proving.numbers import SERIALS_A_WORLD, WORLDS
from risk.domain.proving.places import COUNTRIES, OFFICES
from risk.domain.proving.wording import honest_text, new_mark

MOST_IMPORTERS = 4_000
_DECLARATIONS_AN_IMPORTER = 14
_PICKS = 1 << 15
_BROKER = "52291 брокер"
CASE_SERIALS = 50_000
"""Serial numbers of firms below this are the honest world's, from here on those of cases."""


class Line(NamedTuple):
    """One article of an assortment: its text, the JSON from there to the figures, its price
    in dollars a kg and its lot. JSON is kept as bytes: half the memory of text, and joined
    without encoding it again for every declaration."""

    text: bytes
    lead: bytes
    price: float
    lot_kg: float
    good: Good


class Trade(NamedTuple):
    """An importer's dealings with one supplier. ``head`` holds JSON members of the declaration,
    ``tail`` of each item up to its first document, ``consignor`` the beginning of the parties,
    ``broker`` the representative as a party with its comma, or nothing."""

    supplier: Supplier
    head: bytes
    consignor: bytes
    broker: bytes
    tail: bytes
    lines: tuple[Line, ...]


class Importer(NamedTuple):
    """An honest importer; ``starts`` is the share of the run at which it begins to trade,
    ``months`` when it trades at all, ``is_known`` whether inspectors know it well."""

    firm: Firm
    party: bytes
    trades: tuple[Trade, ...]
    starts: float
    months: frozenset[int]
    is_known: bool


class World(NamedTuple):
    """Everything honest that all blocks share. ``picks`` holds importers by their traffic."""

    importers: tuple[Importer, ...]
    brokers: tuple[Firm, ...]
    carriers: tuple[str, ...]
    suppliers: tuple[Supplier, ...]
    goods: tuple[Good, ...]
    picks: tuple[int, ...]
    first_day: date
    first_serial: int


_ALL_YEAR = frozenset(range(1, 13))
_SEASONS = (frozenset({2, 3, 4, 5}), frozenset({8, 9, 10}), frozenset({10, 11, 12}))


def build_world(seed: int, count: int, first_day: date, goods: tuple[Good, ...]) -> World:
    """The honest traders of a run of ``count`` declarations, always the same for a seed."""
    draw = Random(f"{seed}:world")  # noqa: S311 - data, not a secret
    first = seed % WORLDS * SERIALS_A_WORLD
    size = max(40, min(MOST_IMPORTERS, count // _DECLARATIONS_AN_IMPORTER))
    countries = draw.choices(COUNTRIES, [c.weight for c in COUNTRIES], k=max(40, size // 3))
    suppliers = tuple(new_supplier(draw, first + n, country) for n, country in enumerate(countries))
    brokers = tuple(
        new_firm(draw, first + CASE_SERIALS - 1 - n, registration_day(draw, first_day), _BROKER)
        for n in range(max(6, size // 60))
    )
    carriers = tuple(
        _carrier(draw, first + CASE_SERIALS - 2_000 - n) for n in range(max(8, size // 40))
    )
    chapters = _Chapters(goods)
    shown = tuple(broker_json(broker).encode() for broker in brokers)
    importers = tuple(
        _importer(draw, first + n, first_day, suppliers, shown, chapters) for n in range(size)
    )
    traffic = list(accumulate((rank + 4) ** -0.85 for rank in range(size)))
    picks = tuple(draw.choices(range(size), cum_weights=traffic, k=_PICKS))
    return World(importers, brokers, carriers, suppliers, goods, picks, first_day, first)


class _Chapters:
    """Picks codes: a chapter by its traffic, then codes within it."""

    def __init__(self, goods: tuple[Good, ...]) -> None:
        self._goods: dict[str, list[Good]] = {}
        for good in goods:
            self._goods.setdefault(good.chapter, []).append(good)
        self._names = tuple(self._goods)
        sums = {name: sum(good.weight for good in listed) for name, listed in self._goods.items()}
        floor = sum(sums.values()) / 400
        self._weights = list(accumulate(max(sums[name], floor) for name in self._names))
        self._inner = {
            name: list(accumulate(good.weight for good in listed))
            for name, listed in self._goods.items()
        }

    def assortment(self, draw: Random, size: int) -> list[Good]:
        chapters = draw.choices(self._names, cum_weights=self._weights, k=draw.choice((1, 2, 2, 3)))
        return [self._one(draw, draw.choice(chapters)) for _ in range(size)]

    def _one(self, draw: Random, chapter: str) -> Good:
        return draw.choices(self._goods[chapter], cum_weights=self._inner[chapter])[0]


def _importer(
    draw: Random,
    serial: int,
    first_day: date,
    suppliers: tuple[Supplier, ...],
    brokers: tuple[bytes, ...],
    chapters: _Chapters,
) -> Importer:
    is_newcomer = draw.random() < 0.15
    starts = draw.random() if is_newcomer else 0.0
    day = first_day - timedelta(days=draw.randint(5, 300)) if is_newcomer else None
    office = draw.choices([row[0] for row in OFFICES], [row[2] for row in OFFICES])[0]
    firm = new_firm(draw, serial, day or registration_day(draw, first_day), office=office)
    # Half of the traffic of brokers goes through the few biggest.
    broker = brokers[int(len(brokers) * draw.random() ** 3)] if draw.random() < 0.6 else b""
    trades = tuple(
        new_trade(draw, firm, draw.choice(suppliers), broker, chapters.assortment(draw, size))
        for size in (draw.randint(2, 5) for _ in range(draw.choice((1, 1, 2, 3))))
    )
    months = draw.choice(_SEASONS) if draw.random() < 0.06 else _ALL_YEAR
    return Importer(
        firm, firm.party.encode(), trades, starts, months, not is_newcomer and draw.random() < 0.6
    )


def new_trade(
    draw: Random, firm: Firm, supplier: Supplier, broker: bytes, goods: list[Good]
) -> Trade:
    """The dealings of ``firm`` with ``supplier`` in ``goods``, entered through ``broker``."""
    maker = f"{new_mark(draw)} {draw.choice(('WERK', 'FACTORY', 'PLANT', 'MFG'))}"
    contract = f"{draw.randint(1, 99)}/{supplier.country.code}-{draw.randint(2019, 2025)}"
    tail = (
        f'"procedure_code":"4000000","preference_code":"ОООО-ОО","manufacturer":"{maker}",'
        f'"documents":[{{"code":"03011","number":"{contract}"}},'
    )
    consignor = f'"parties":[{{"role":"consignor",{supplier.party}}},{{"role":"consignee",'
    return Trade(
        supplier=supplier,
        head=head_json(draw, firm.office, supplier).encode(),
        consignor=consignor.encode(),
        broker=broker,
        tail=tail.encode(),
        lines=tuple(_line(draw, good, supplier, maker) for good in goods),
    )


def head_json(draw: Random, office: str, supplier: Supplier) -> str:
    """The members of a declaration's head that repeat for an importer and its supplier."""
    country = supplier.country
    terms = draw.choice(("CPT", "CIP", "DAP", "FCA", "EXW", "CIF"))
    town = next(town for code, town, *_ in OFFICES if code == office)
    return (
        f'"customs_office":"{office}","border_office":"{country.border}","procedure_code":"40",'
        f'"country_of_dispatch":"{country.code}","country_of_trading":"{country.code}",'
        f'"country_of_destination":"KZ","transport_mode":"{country.mode}",'
        f'"delivery_terms":"{terms} {town}","currency":"{country.currency}",'
    )


def broker_json(broker: Firm | None) -> str:
    """The representative as a party, with the comma behind it."""
    return f'{{"role":"representative",{broker.party}}},' if broker else ""


def _line(draw: Random, good: Good, supplier: Supplier, maker: str) -> Line:
    text = honest_text(draw, good, maker)
    origin = supplier.country.code if draw.random() < 0.85 else draw.choice(COUNTRIES).code
    return Line(
        text=text.encode(),
        lead=f'","commodity_code":"{good.code}","country_of_origin":"{origin}",'.encode(),
        price=good.price * draw.lognormvariate(0, 0.35),
        lot_kg=good.lot_kg * draw.lognormvariate(0, 0.7),
        good=good,
    )


def _carrier(draw: Random, serial: int) -> str:
    firm = new_firm(draw, serial, date(2015, 3, 1), "49410 автоперевозки")
    return (
        f'{{"role":"carrier","name":"{firm.name}","country":"KZ","identifiers":['
        f'{{"kind":"bin","value":"{firm.bin}"}},{{"kind":"phone","value":"{firm.phone}"}}]}}'
    )
