"""Planted cases whose signal is a permit or a notice, not the text."""

from datetime import timedelta

from risk.domain.proving.cases import Case, Item, Scene, Shipment, permit_documents
from risk.domain.proving.catalogue import Listed
from risk.domain.proving.firms import Firm, Supplier


def _named(scene: Scene, listed: Listed) -> Item:
    text = f"{listed.name('ru')}, чистый, для производства"
    return scene.item(text.upper() if scene.draw.random() < 0.6 else text, listed.code, listed.key)


def _consignment(scene: Scene) -> tuple[Listed, Item, Firm, Supplier]:
    """A clearly named precursor under its own code, with who sells and who buys it."""
    listed = scene.listed(basket=False)
    return listed, _named(scene, listed), scene.firm(), scene.supplier()


def permit_missing(scene: Scene) -> Case:
    """A clearly named precursor without documents 01011 and 01332; signal: graph 44."""
    _, item, firm, supplier = _consignment(scene)
    return Case([scene.shipment(item, firm=firm, supplier=supplier)], "easy")


def permit_expired(scene: Scene) -> Case:
    """The licence ended before the declaration; signal: the register of authorisations."""
    listed, item, firm, supplier = _consignment(scene)
    end = scene.first_day - timedelta(days=scene.draw.randint(1, 90))
    licence = scene.authorisation(firm, listed, item.net_kg * 4, (end - timedelta(days=364), end))
    sent = scene.first_day - timedelta(days=25)
    notice = scene.notice(firm, supplier, listed, item.net_kg, sent)
    item.documents = permit_documents(licence, notice)
    shipment = scene.shipment(item, firm=firm, supplier=supplier)
    return Case([shipment], "medium", f"valid_to={end}", authorisations=[licence], notices=[notice])


def permit_borrowed(scene: Scene) -> Case:
    """The licence was issued to another firm of the same owners; signal: its holder."""
    listed, item, firm, supplier = _consignment(scene)
    holder = scene.firm()._replace(owners=firm.owners)
    start = scene.first_day - timedelta(days=scene.draw.randint(20, 200))
    licence = scene.authorisation(
        holder, listed, item.net_kg * 4, (start, start + timedelta(days=364))
    )
    notice = scene.notice(firm, supplier, listed, item.net_kg, scene.first_day - timedelta(days=25))
    item.documents = permit_documents(licence, notice)
    return Case(
        [scene.shipment(item, firm=firm, supplier=supplier)],
        "hard",
        f"holder={holder.bin}",
        firms=[holder],
        authorisations=[licence],
        notices=[notice],
    )


def permit_overdrawn(scene: Scene) -> Case:
    """Several declarations draw more than one licence grants; signal: the running balance.
    The declarations before the one that overdraws are a permitted maker's, and traps."""
    listed = scene.listed(basket=False)
    firm, supplier = scene.firm(), scene.supplier()
    items = [_named(scene, listed) for _ in scene.moments]
    for item in items:
        item.net_kg = items[0].net_kg
    granted = items[0].net_kg * (len(items) - 0.5)
    start = scene.first_day - timedelta(days=scene.draw.randint(20, 100))
    licence = scene.authorisation(firm, listed, granted, (start, start + timedelta(days=364)))
    notices, shipments = [], []
    for number, (item, moment) in enumerate(zip(items, scene.moments, strict=True), 1):
        sent = moment.day - timedelta(days=25)
        notice = scene.notice(firm, supplier, listed, item.net_kg, sent)
        item.documents = permit_documents(licence, notice)
        notices.append(notice)
        shipments.append(
            scene.shipment(
                item,
                firm=firm,
                supplier=supplier,
                broker="",
                honest_as="" if number == len(items) else "permitted_maker",
            )
        )
    detail = f"granted={granted:.1f};drawn={items[0].net_kg * len(items):.1f}"
    return Case(shipments, "hard", detail, authorisations=[licence], notices=notices)


def notice_without_declaration(scene: Scene) -> Case:
    """A notice of a precursor consignment that is never declared; within its window the
    importer declares other goods of the same mass from the same exporter. Signal: the
    unmatched notice; the truth is on that declaration as a whole."""
    listed = scene.listed(basket=False)
    firm, supplier = scene.firm(), scene.supplier()
    item = scene.honest_item(("32", "34", "35", "38", "39"))
    item.net_kg = float(scene.draw.randint(4, 60) * 25)
    item.key = listed.key
    notice = scene.notice(firm, supplier, listed, item.net_kg, scene.first_day - timedelta(days=27))
    shipment: Shipment = scene.shipment(item, firm=firm, supplier=supplier, whole=True)
    return Case([shipment], "hard", f"notice={notice['number']}", notices=[notice])
