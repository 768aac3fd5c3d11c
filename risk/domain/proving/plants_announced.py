"""Consignments that were announced before arrival: declared as announced, or otherwise."""

from datetime import timedelta

from risk.domain.proving.cases import Case, Item, Scene, permit_documents
from risk.domain.proving.numbers import container_number

_CHEMICALS = ("32", "34", "35", "38", "39")


def declared_otherwise(scene: Scene) -> Case:
    """Preliminary information names a precursor under a good licence; the declaration of the
    same container says a small part of the mass, or other goods of that mass. Signal: the
    difference; the truth is on the declaration, the preliminary information is a trap."""
    announced = _announced(scene)
    shipments = announced.shipments
    stated = shipments[0].items[0]
    if scene.draw.random() < 0.5:
        share = scene.draw.uniform(0.05, 0.5)
        said = _again(stated, stated.net_kg * share)
        announced.detail = f"said={share:.2f}"
    else:
        said = scene.honest_item(_CHEMICALS)
        said.net_kg, said.key, said.truth = stated.net_kg, stated.key, True
        announced.detail = "said=other goods"
    shipments[1].items = [said]
    shipments[1].honest_as = ""
    announced.difficulty = "hard"
    return announced


def declared_as_announced(scene: Scene) -> Case:
    """A maker's precursor under a good licence, announced and then declared with the mass that
    was weighed, a few percent off."""
    return _announced(scene)


def _announced(scene: Scene) -> Case:
    """Preliminary information and the declaration of one container, both in order."""
    listed = scene.listed(basket=False)
    firm, supplier = scene.firm(age_days=2_500), scene.supplier()
    container = container_number(scene.serial())
    item = scene.item(f"{listed.name('ru')}, для производства".upper(), listed.code, listed.key)
    start = scene.first_day - timedelta(days=scene.draw.randint(20, 200))
    days = (start, start + timedelta(days=729))
    licence = scene.authorisation(firm, listed, item.net_kg * 5, days)
    sent = scene.first_day - timedelta(days=25)
    notice = scene.notice(firm, supplier, listed, item.net_kg * 1.1, sent)
    item.documents = permit_documents(licence, notice)
    both = {"firm": firm, "supplier": supplier, "broker": "", "container": container}
    both["honest_as"] = declared_as_announced.__name__
    weighed = _again(item, item.net_kg * scene.draw.uniform(0.97, 1.03))
    return Case(
        [
            scene.shipment(item, document_kind="preliminary", **both),
            scene.shipment(weighed, **both),
        ],
        "medium",
        authorisations=[licence],
        notices=[notice],
    )


def _again(item: Item, net_kg: float) -> Item:
    return Item(
        text=item.text,
        code=item.code,
        net_kg=net_kg,
        price=item.price,
        key=item.key,
        documents=item.documents,
        package_kg=item.package_kg,
    )
