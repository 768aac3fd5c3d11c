"""What a planted case or a trap is made of, and the scene in which one is made."""

from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

import msgspec

from risk.domain.proving.catalogue import Listed
from risk.domain.proving.clock import Moment
from risk.domain.proving.firms import (
    CHEMICAL_ACTIVITY,
    Firm,
    Supplier,
    new_firm,
    registration_day,
)
from risk.domain.proving.goods import Good
from risk.domain.proving.numbers import SERIALS_A_WORLD
from risk.domain.proving.wire import document_json
from risk.domain.proving.world import CASE_SERIALS, World, broker_json

SERIALS_A_CASE = 20
_CHEMICAL_ORIGINS = ("CN", "IN", "TR", "DE", "NL", "PL", "IR", "AE")
_DRUM_KG = (25.0, 50.0, 160.0, 200.0)


class Item(msgspec.Struct):
    """One goods item of a case. ``price`` in dollars a kg; ``documents`` as JSON; ``truth``
    is False for an innocent item that travels with the case; ``mark``: restrictions do not apply.
    """

    text: str
    code: str
    net_kg: float
    price: float
    key: str = ""
    origin: str = ""
    documents: tuple[str, ...] = ()
    packing: float = 1.08
    package_kg: float = 25.0
    mark: str = ""
    truth: bool = True


class Shipment(msgspec.Struct):
    """One declaration of a case. ``whole`` puts the truth on the declaration, not on items;
    ``honest_as`` names the trap that this declaration is, beside planted ones of its case."""

    firm: Firm
    supplier: Supplier
    items: list[Item]
    broker: str = ""
    carrier: str = ""
    document_kind: str = "import"
    destination: str = "KZ"
    dispatch: str = ""
    border: str = ""
    container: str = ""
    whole: bool = False
    detail: str = ""
    difficulty: str = ""
    honest_as: str = ""


class Case(msgspec.Struct):
    """A case: its declarations in order, and what other registers know of it."""

    shipments: list[Shipment]
    difficulty: str = "medium"
    detail: str = ""
    firms: list[Firm] = msgspec.field(default_factory=list)
    offenders: list[tuple[str, date, str]] = msgspec.field(default_factory=list)
    authorisations: list[dict[str, Any]] = msgspec.field(default_factory=list)
    notices: list[dict[str, Any]] = msgspec.field(default_factory=list)


class Materials(NamedTuple):
    """What cases are made of: the honest world, the precursors, their innocent neighbours
    (name, language, key of the listed one)."""

    world: World
    catalogue: dict[str, Listed]
    neighbours: tuple[tuple[str, str, str], ...]


class Scene:
    """The materials, one case's own chance, its moments and its run of serial numbers."""

    def __init__(
        self, draw: Random, materials: Materials, moments: tuple[Moment, ...], index: int
    ) -> None:
        self.draw = draw
        self.world = materials.world
        self.catalogue = materials.catalogue
        self.neighbours = materials.neighbours
        self.moments = moments
        self.group = f"G{index:07d}"
        self._serial = self.world.first_serial + CASE_SERIALS + index * SERIALS_A_CASE
        self._numbers = 0

    @property
    def first_day(self) -> date:
        """The day of the case's first declaration."""
        return self.moments[0].day

    def serial(self) -> int:
        """The case's next own serial number."""
        self._serial += 1
        return self._serial

    def firm(self, age_days: int | None = None, activity: str = "", office: str = "") -> Firm:
        """A firm that appears in this case only; of some standing when no age is given."""
        born = (
            registration_day(self.draw, self.first_day)
            if age_days is None
            else self.first_day - timedelta(days=age_days)
        )
        office = office or self.draw.choice(self.world.importers).firm.office
        return new_firm(self.draw, self.serial(), born, activity or CHEMICAL_ACTIVITY, office)

    def regular(self) -> Firm:
        """A firm of the honest world."""
        return self.draw.choice(self.world.importers).firm

    def supplier(self) -> Supplier:
        """A supplier in one of the countries that sell chemicals."""
        for _ in range(8):
            supplier = self.draw.choice(self.world.suppliers)
            if supplier.country.code in _CHEMICAL_ORIGINS:
                return supplier
        return supplier

    def broker(self) -> str:
        """A representative of the honest world, as JSON."""
        return broker_json(self.draw.choice(self.world.brokers))

    def listed(self, *, limited: bool = False, basket: bool | None = None) -> Listed:
        """A precursor; with a known limit, or under a basket code, where that is asked for."""
        fitting = [
            one
            for one in self.catalogue.values()
            if (not limited or one.limit) and (basket is None or one.is_basket is basket)
        ]
        return self.draw.choice(fitting)

    def good(self, chapters: tuple[str, ...] = ()) -> Good:
        """An honest good, of one of the chapters where they are given."""
        for _ in range(400):
            good = self.draw.choice(self.world.goods)
            if (not chapters or good.chapter in chapters) and "ru" in good.texts:
                return good
        return next(good for good in self.world.goods if "ru" in good.texts)

    def usual_price(self, code: str) -> float:
        """About what honest goods of the code cost, else of its subheading, else of its heading;
        dollars a kg."""
        for digits in (10, 6, 4):
            alike = [good for good in self.world.goods if good.code[:digits] == code[:digits]]
            if alike:
                return self.draw.choice(alike).price * self.draw.lognormvariate(0, 0.25)
        return self.draw.lognormvariate(1.2, 0.4)

    def item(self, text: str, code: str, key: str = "", **more: Any) -> Item:
        """A chemical item in drums with a usual mass and price, unless told otherwise."""
        drums = self.draw.randint(4, 90)
        package = self.draw.choice(_DRUM_KG)
        more.setdefault("net_kg", drums * package)
        more.setdefault("price", self.draw.lognormvariate(0.9, 0.5))
        more.setdefault("package_kg", package)
        return Item(text=text, code=code, key=key, **more)

    def honest_item(self, chapters: tuple[str, ...] = ()) -> Item:
        """An innocent item that travels along."""
        good = self.good(chapters)
        return Item(
            text=good.texts["ru"][0].upper(),
            code=good.code,
            net_kg=good.lot_kg * self.draw.lognormvariate(0, 0.4),
            price=good.price * self.draw.lognormvariate(0, 0.2),
            truth=False,
        )

    def shipment(self, *items: Item, **more: Any) -> Shipment:
        """A declaration by an occasional chemical importer, unless told otherwise."""
        more.setdefault("firm", self.firm())
        more.setdefault("supplier", self.supplier())
        more.setdefault("broker", self.broker() if self.draw.random() < 0.6 else "")
        return Shipment(items=list(items), **more)

    def number(self, prefix: str) -> str:
        """A document number of this case, that of no case of another world."""
        self._numbers += 1
        world = self.world.first_serial // SERIALS_A_WORLD
        return f"{prefix}{world:02d}{self.group[1:]}{self._numbers:02d}"

    def authorisation(
        self, holder: Firm, substance: Listed, amount_kg: float, valid: tuple[date, date]
    ) -> dict[str, Any]:
        """An import licence of ``holder`` for one substance, as it stands in the register."""
        start, end = valid
        return {
            "number": self.number("KZ55LIC"),
            "kind": "licence",
            "holder": {"bin": holder.bin, "name": holder.name},
            "direction": "import",
            "issued_on": start.isoformat(),
            "valid_from": start.isoformat(),
            "valid_to": end.isoformat(),
            "status": "in_force",
            "end_use": "производство",
            "lines": [
                {
                    "line": 1,
                    "substance_key": substance.key,
                    "name": substance.name("ru"),
                    "amount_kg": f"{amount_kg:.1f}",
                    "basis": "net",
                }
            ],
        }

    def notice(
        self, importer: Firm, supplier: Supplier, substance: Listed, amount_kg: float, sent: date
    ) -> dict[str, Any]:
        """A pre-export notification of the supplier's country, sent before dispatch."""
        return {
            "number": self.number(f"PEN-{supplier.country.code}-"),
            "state": "no_objection",
            "exporter": {"name": supplier.name, "country": supplier.country.code},
            "importer": {"bin": importer.bin, "name": importer.name},
            "substance_key": substance.key,
            "quantity_kg": f"{amount_kg:.1f}",
            "sent_on": sent.isoformat(),
            "dispatch_on": (sent + timedelta(days=15)).isoformat(),
            "entry_point": supplier.country.border,
        }


def permit_documents(
    authorisation: dict[str, Any] | None, notice: dict[str, Any] | None
) -> tuple[str, ...]:
    """Documents 01011 and 01332 of graph 44 for a licence and a notice."""
    found = []
    if authorisation:
        issued = date.fromisoformat(authorisation["issued_on"])
        found.append(document_json("01011", authorisation["number"], issued, 1))
    if notice:
        sent = date.fromisoformat(notice["sent_on"])
        found.append(document_json("01332", notice["number"], sent))
    return tuple(found)
