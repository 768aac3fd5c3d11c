"""A shipment of a case as a line of the file."""

from random import Random

from risk.domain.permits.claims import MARK_FIELD
from risk.domain.proving.cases import Item, Shipment
from risk.domain.proving.clock import Moment
from risk.domain.proving.honest import TRANSPORT, Line, vehicle
from risk.domain.proving.wire import document_json, escaped, figures_json
from risk.domain.proving.world import World, head_json


def case_line(draw: Random, shipment: Shipment, moment: Moment, world: World) -> Line:
    """The declaration of ``shipment`` accepted at ``moment``."""
    firm, supplier = shipment.firm, shipment.supplier
    country = supplier.country
    contract = document_json("03011", f"{draw.randint(1, 99)}/{country.code}")
    waybill = document_json(TRANSPORT[country.mode], str(draw.randint(1_000_000, 9_999_999)))
    items, total = [], 0.0
    for number, item in enumerate(shipment.items, 1):
        dollars = item.net_kg * item.price + 0.01
        total += dollars
        documents = ",".join((*item.documents, contract, waybill))
        items.append(_item(number, item, country.code, dollars, country.dollars, documents))
    own = firm.party
    carrier = shipment.carrier or draw.choice(world.carriers)
    container = f'"containers":["{shipment.container}"],' if shipment.container else ""
    return Line(
        number=f"{firm.office}/{moment.short_day}/{moment.serial:07d}",
        opening=_opening(draw, shipment).encode(),
        middle=(
            f'"transport_id":"{vehicle(country.mode, draw.getrandbits(40))}",'
            f'"invoice_amount":"{total / country.dollars:.2f}",'
        ).encode(),
        closing=(
            f'{container}"parties":[{{"role":"consignor",{supplier.party}}},'
            f'{{"role":"consignee",{own}}},{{"role":"importer",{own}}},'
            f'{{"role":"declarant",{own}}},{shipment.broker}{carrier}],'
            f'"items":[{",".join(items)}]}}'
        ).encode(),
        office=firm.office,
        is_known=False,
        items=tuple((item.code, item.net_kg) for item in shipment.items),
    )


def _opening(draw: Random, shipment: Shipment) -> str:
    country = shipment.supplier.country
    head = head_json(draw, shipment.firm.office, shipment.supplier)
    changes = (
        (f'"country_of_dispatch":"{country.code}"', "country_of_dispatch", shipment.dispatch),
        (f'"border_office":"{country.border}"', "border_office", shipment.border),
        ('"country_of_destination":"KZ"', "country_of_destination", shipment.destination),
    )
    for member, field, value in changes:
        if value:
            head = head.replace(member, f'"{field}":"{value}"')
    direction = "transit" if shipment.document_kind == "transit" else "import"
    return f'"document_kind":"{shipment.document_kind}","direction":"{direction}",{head}'


def _item(
    number: int, item: Item, country: str, dollars: float, rate: float, documents: str
) -> str:
    packages = max(1, round(item.net_kg / item.package_kg))
    figures = (item.net_kg, item.net_kg * item.packing, packages, dollars)
    marked = f'"extra":{{"{MARK_FIELD}":"{item.mark}"}},' if item.mark else ""
    return (
        f'{{"item_number":{number},"description":"{escaped(item.text)}",'
        f'"commodity_code":"{item.code}","country_of_origin":"{item.origin or country}",'
        f'{figures_json(figures, rate)}"procedure_code":"4000000","preference_code":"ОООО-ОО",'
        f'{marked}"documents":[{documents}]}}'
    )
