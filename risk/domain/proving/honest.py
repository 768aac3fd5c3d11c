"""An honest declaration: the hot path, some tens of microseconds each."""

from random import Random
from typing import NamedTuple

from risk.domain.proving.clock import Moment
from risk.domain.proving.numbers import container_number
from risk.domain.proving.wire import Figures, item_json
from risk.domain.proving.world import Importer, Trade, World

_TABLE = 4_096
_PICK_MASK = (1 << 15) - 1
_ITEM_COUNTS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5)
IMPORT = '"document_kind":"import","direction":"import",'
PRELIMINARY = '"document_kind":"preliminary","direction":"import",'
TRANSIT = '"document_kind":"transit","direction":"transit",'
_TRANSIT_SHARE, _PRELIMINARY_SHARE = 0.03, 0.045
_DESTINATION = '"country_of_destination":"KZ"'
TRANSPORT = {"30": "02015", "20": "02013", "40": "02017", "10": "02011"}
_TRIES = 6
_CONTAINERS = tuple(container_number(serial) for serial in range(_TABLE))


class Line(NamedTuple):
    """A line ready to be written, in three parts so that an amendment can change the middle.

    ``office``, ``is_known`` and the items' codes and masses are what inspection sees."""

    number: str
    opening: str
    middle: str
    closing: str
    office: str
    is_known: bool
    items: tuple[tuple[str, float], ...]

    def written(self, accepted_at: str, version: int = 1) -> str:
        """The line with its end. A first version does not state that it is one."""
        stated = f'"version":{version},' if version > 1 else ""
        return (
            f'{{"registration_number":"{self.number}",{stated}"accepted_at":"{accepted_at}",'
            f"{self.opening}{self.middle}{self.closing}\n"
        )


class HonestLines:
    """Makes honest lines; keeps tables of random factors that cost nothing to look up."""

    def __init__(self, world: World) -> None:
        self._world = world
        draw = Random("factors")  # noqa: S311
        self._lots = tuple(draw.lognormvariate(0, 0.55) for _ in range(_TABLE))
        self._prices = tuple(draw.lognormvariate(0, 0.16) for _ in range(_TABLE))
        self._packing = tuple(1.02 + abs(draw.gauss(0, 0.07)) for _ in range(_TABLE))

    def line(self, draw: Random, moment: Moment, share: float) -> Line:
        """A declaration of an importer that trades at this moment of the run."""
        importer = self._importer(draw, moment.day.month, share)
        bits = draw.getrandbits(60)
        trades = importer.trades
        trade = trades[bits % len(trades)]
        country = trade.supplier.country
        number = f"{importer.firm.office}/{moment.short_day}/{moment.serial:07d}"
        return self._written(draw, importer, trade, number, bits >> 4, country.dollars)

    def _importer(self, draw: Random, month: int, share: float) -> Importer:
        picks, importers = self._world.picks, self._world.importers
        for _ in range(_TRIES):
            importer = importers[picks[draw.getrandbits(15) & _PICK_MASK]]
            if importer.starts <= share and month in importer.months:
                return importer
        return next(one for one in importers if one.starts == 0.0 and len(one.months) == 12)

    def _written(
        self, draw: Random, importer: Importer, trade: Trade, number: str, bits: int, rate: float
    ) -> Line:
        lots, prices, packing, lines = self._lots, self._prices, self._packing, trade.lines
        country = trade.supplier.country
        invoice = f"INV-{bits & 0xFFFFF}"
        shared = (
            f'{trade.contract},{{"code":"04021","number":"{invoice}"}},'
            f'{{"code":"{TRANSPORT[country.mode]}","number":"{bits >> 24 & 0xFFFFFF}"}}'
        )
        items, seen, total = [], [], 0.0
        start, size = bits >> 20, len(lines)
        for n in range(min(_ITEM_COUNTS[bits & 15], size)):
            line = lines[(start + n) % size]
            dice = draw.getrandbits(40)
            net = line.lot_kg * lots[dice & 4_095]
            dollars = net * line.price * prices[dice >> 12 & 4_095]
            figures = Figures(
                net, net * packing[dice >> 24 & 4_095], int(net / 24) + 1, dollars + 0.01
            )
            # Three of ten shipments name their batch; the others repeat the text to the letter.
            text = line.text if dice >> 36 > 4 else f"{line.text}, ПАРТИЯ {dice & 0xFFFFF}"
            items.append(item_json(n + 1, text, line.lead, figures, rate, trade.tail, shared))
            seen.append((line.good.code, net))
            total += dollars
        own = importer.party
        represented = trade.broker or f'{{"role":"declarant",{own}}},'
        opening = _opening(draw.random(), trade.head)
        middle = (
            f'"transport_id":"{vehicle(country.mode, bits >> 30)}",'
            f'"invoice_amount":"{total / rate:.2f}",'
        )
        carriers = self._world.carriers
        closing = (
            f'{_containers(country.mode, bits)}"parties":['
            f'{{"role":"consignor",{trade.supplier.party}}},{{"role":"consignee",{own}}},'
            f'{{"role":"importer",{own}}},{represented}'
            f'{carriers[bits % len(carriers)]}],"items":[{",".join(items)}]}}'
        )
        return Line(
            number, opening, middle, closing, importer.firm.office, importer.is_known, tuple(seen)
        )


def _opening(dice: float, head: str) -> str:
    if dice > _PRELIMINARY_SHARE:
        return IMPORT + head
    if dice > _TRANSIT_SHARE:
        return PRELIMINARY + head
    return TRANSIT + head.replace(_DESTINATION, '"country_of_destination":"UZ"')


def vehicle(mode: str, bits: int) -> str:
    if mode == "30":
        return f"{bits % 1_000:03d}KA{bits >> 10 & 15:02d}"
    return f"{bits % 90_000_000 + 10_000_000}"


def _containers(mode: str, bits: int) -> str:
    if mode == "30" or not bits & 3:
        return ""
    return f'"containers":["{_CONTAINERS[bits & 4_095]}"],'


def amended(draw: Random, line: Line) -> Line:
    """The same declaration with another means of transport: a small, usual correction."""
    _, _, rest = line.middle.partition(",")
    return line._replace(middle=f'"transport_id":"{draw.randint(100, 999)}KB05",{rest}')
