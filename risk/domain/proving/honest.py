"""An honest declaration: the hot path, some tens of microseconds each."""

from random import Random
from typing import NamedTuple

from risk.domain.proving.clock import Moment
from risk.domain.proving.numbers import container_number
from risk.domain.proving.wire import figures_json
from risk.domain.proving.world import Importer, Trade, World

_TABLE = 4_096
_PICK_MASK = (1 << 15) - 1
_ITEM_COUNTS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5)
_IMPORT = b'"document_kind":"import","direction":"import",'
_PRELIMINARY = b'"document_kind":"preliminary","direction":"import",'
_TRANSIT = b'"document_kind":"transit","direction":"transit",'
_TRANSIT_SHARE, _PRELIMINARY_SHARE = 0.03, 0.045
_DESTINATION = b'"country_of_destination":"KZ"'
_NEIGHBOUR = b'"country_of_destination":"UZ"'
_ITEM_STARTS = tuple(
    b'{"item_number":%d,"description":"' % number for number in range(1, max(_ITEM_COUNTS) + 1)
)
TRANSPORT = {"30": "02015", "20": "02013", "40": "02017", "10": "02011"}
_TRIES = 6
_CONTAINERS = tuple(
    f'"containers":["{container_number(serial)}"],'.encode() for serial in range(_TABLE)
)


class Line(NamedTuple):
    """A line ready to be written, in three parts so that an amendment can change the middle.

    ``office``, ``is_known`` and the items' codes and masses are what inspection sees."""

    number: str
    opening: bytes
    middle: bytes
    closing: bytes
    office: str
    is_known: bool
    items: tuple[tuple[str, float], ...]

    def written(self, accepted_at: str, version: int = 1) -> bytes:
        """The line with its end. A first version does not state that it is one."""
        stated = f'"version":{version},' if version > 1 else ""
        start = f'{{"registration_number":"{self.number}",{stated}"accepted_at":"{accepted_at}",'
        return b"".join((start.encode(), self.opening, self.middle, self.closing, b"\n"))


class HonestLines:
    """Makes honest lines; keeps tables of random factors that cost nothing to look up."""

    def __init__(self, world: World) -> None:
        self._world = world
        draw = Random("factors")  # noqa: S311 - data, not a secret
        self._lots = tuple(draw.lognormvariate(0, 0.55) for _ in range(_TABLE))
        self._prices = tuple(draw.lognormvariate(0, 0.16) for _ in range(_TABLE))
        self._carriers = tuple(carrier.encode() for carrier in world.carriers)
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
        mode = trade.supplier.country.mode
        parts = [_containers(mode, bits), trade.consignor]
        own = importer.party
        parts += (own, b'},{"role":"importer",', own, b"},")
        parts += (trade.broker,) if trade.broker else (b'{"role":"declarant",', own, b"},")
        parts += (self._carriers[bits % len(self._carriers)], b'],"items":[')
        seen, total = self._add_items(draw, parts, trade, bits, rate)
        parts.append(b"]}")
        middle = (
            f'"transport_id":"{vehicle(mode, bits >> 30)}","invoice_amount":"{total / rate:.2f}",'
        )
        return Line(
            number=number,
            opening=_opening(draw.random(), trade.head),
            middle=middle.encode(),
            closing=b"".join(parts),
            office=importer.firm.office,
            is_known=importer.is_known,
            items=tuple(seen),
        )

    def _add_items(
        self, draw: Random, parts: list[bytes], trade: Trade, bits: int, rate: float
    ) -> tuple[list[tuple[str, float]], float]:
        """Append the items; their codes and masses, and their value in dollars."""
        lots, prices, packing, lines = self._lots, self._prices, self._packing, trade.lines
        documents = (
            f'{{"code":"04021","number":"INV-{bits & 0xFFFFF}"}},'
            f'{{"code":"{TRANSPORT[trade.supplier.country.mode]}",'
            f'"number":"{bits >> 24 & 0xFFFFFF}"}}]}}'
        ).encode()
        seen, total = [], 0.0
        start, size = bits >> 20, len(lines)
        for n in range(min(_ITEM_COUNTS[bits & 15], size)):
            line = lines[(start + n) % size]
            dice = draw.getrandbits(40)
            net = line.lot_kg * lots[dice & 4_095]
            dollars = net * line.price * prices[dice >> 12 & 4_095] + 0.01
            gross = net * packing[dice >> 24 & 4_095]
            if n:
                parts.append(b",")
            parts += (_ITEM_STARTS[n], line.text)
            # Three of ten shipments name their batch; the others repeat the text to the letter.
            if dice >> 36 <= 4:
                parts.append(f", ПАРТИЯ {dice & 0xFFFFF}".encode())
            figures = figures_json((net, gross, int(net / 24) + 1, dollars), rate)
            parts += (line.lead, figures.encode(), trade.tail, documents)
            seen.append((line.good.code, net))
            total += dollars
        return seen, total


def _opening(dice: float, head: bytes) -> bytes:
    if dice > _PRELIMINARY_SHARE:
        return _IMPORT + head
    if dice > _TRANSIT_SHARE:
        return _PRELIMINARY + head
    return _TRANSIT + head.replace(_DESTINATION, _NEIGHBOUR)


def vehicle(mode: str, bits: int) -> str:
    """The means of transport as graph 21 of this mode shows it."""
    if mode == "30":
        return f"{bits % 1_000:03d}KA{bits >> 10 & 15:02d}"
    return f"{bits % 90_000_000 + 10_000_000}"


def _containers(mode: str, bits: int) -> bytes:
    if mode == "30" or not bits & 3:
        return b""
    return _CONTAINERS[bits & 4_095]


def amended(draw: Random, line: Line) -> Line:
    """The same declaration with another means of transport: a small, usual correction."""
    _, _, rest = line.middle.partition(b",")
    changed = f'"transport_id":"{draw.randint(100, 999)}KB05",'
    return line._replace(middle=changed.encode() + rest)
