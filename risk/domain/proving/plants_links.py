"""Planted cases whose signal is who trades with whom, how often and by which way."""

from datetime import timedelta

from risk.domain.proving.cases import Case, Item, Scene
from risk.domain.proving.disguise import in_latin_letters, with_typos
from risk.domain.proving.firms import ACTIVITIES, Firm
from risk.domain.proving.numbers import container_number

FAMILIES: dict[str, tuple[str, ...]] = {
    "ephedrines": ("ephedrine", "pseudoephedrine", "norephedrine"),
    "P-2-P": ("p2p", "phenylacetic-acid", "apaan", "mapa", "apaa", "bmk-methyl-glycidate"),
    "3,4-MDP-2-P": ("mdp2p", "safrole", "isosafrole", "piperonal", "pmk-methyl-glycidate"),
    "fentanyl": ("anpp", "npp", "4-ap", "norfentanyl", "4-piperidone", "1-boc-4-ap"),
    "lysergic acid": ("ergotamine", "ergometrine", "lysergic-acid"),
}
"""Table I substances in the families in which the INCB's reports on precursors treat them."""

_CHEMICALS = ("32", "34", "38", "39")
_SPLIT_KG = (6.0, 11.8)


def _ring(scene: Scene, size: int, age: tuple[int, int]) -> list[Firm]:
    """Firms with their own names and BINs that share one telephone."""
    firms = [scene.firm(age_days=scene.draw.randint(*age)) for _ in range(size)]
    return [firm._replace(phone=firms[0].phone) for firm in firms]


def shared_phone_with_offender(scene: Scene) -> Case:
    """A firm of no record whose telephone is that of a convicted firm brings innocent-looking
    chemicals; signal: the shared number and the list of offenders."""
    listed = scene.listed()
    offender = scene.firm(age_days=2_000)
    firm = scene.firm(age_days=scene.draw.randint(30, 300))._replace(phone=offender.phone)
    item = scene.honest_item(_CHEMICALS)
    item.key, item.truth = listed.key, True
    offence = scene.first_day - timedelta(days=scene.draw.randint(60, 700))
    return Case(
        [scene.shipment(item, firm=firm, whole=True)],
        "hard",
        f"offender={offender.bin}",
        firms=[offender],
        offenders=[(offender.bin, offence, listed.key)],
    )


def phoenix_firm(scene: Scene) -> Case:
    """A firm founded weeks after a convicted one closed, with its address, head, owners,
    supplier and goods; signal: the company register beside the list of offenders."""
    listed = scene.listed()
    supplier = scene.supplier()
    age = scene.draw.randint(15, 80)
    born = scene.first_day - timedelta(days=age)
    closed = born - timedelta(days=scene.draw.randint(3, 40))
    old = scene.firm(age_days=1_500)._replace(closed_on=closed)
    new = scene.firm(age_days=age)._replace(
        address=old.address, head=old.head, owners=old.owners, phone=old.phone
    )
    shipments = []
    for _ in scene.moments:
        item = scene.honest_item(("29", "32", "34", "38"))
        item.key, item.truth = listed.key, True
        shipments.append(scene.shipment(item, firm=new, supplier=supplier, whole=True))
    offence = closed - timedelta(days=scene.draw.randint(20, 120))
    return Case(
        shipments,
        "medium",
        f"predecessor={old.bin}",
        firms=[old],
        offenders=[(old.bin, offence, listed.key)],
    )


def split_consignments(scene: Scene) -> Case:
    """One consignment cut into small ones for firms with one telephone, each under a
    quantity that needs no permit; signal: the sum over the linked firms."""
    listed = scene.listed(basket=False)
    supplier = scene.supplier()
    firms = _ring(scene, 3, (200, 1_500))
    shipments = []
    for number in range(len(scene.moments)):
        item = scene.item(
            f"{listed.name('ru')}, образцы для испытаний",
            listed.code,
            listed.key,
            net_kg=round(scene.draw.uniform(*_SPLIT_KG), 1),
            package_kg=2.5,
        )
        shipments.append(scene.shipment(item, firm=firms[number % 3], supplier=supplier, broker=""))
    return Case(shipments, "medium", "per declaration under 12 kg")


def rerouted_transit(scene: Scene) -> Case:
    """Goods in transit to a neighbour; days later the same container is declared for import
    by an unrelated firm under another name. Signal: the container, the masses, the route."""
    listed = scene.listed()
    supplier = scene.supplier()
    container = container_number(scene.serial())
    first = scene.item(f"{listed.name('en')}, in drums", listed.code, listed.key)
    second = scene.honest_item(_CHEMICALS)
    second.net_kg, second.key, second.truth = first.net_kg, listed.key, True
    transit = scene.shipment(
        first,
        supplier=supplier,
        container=container,
        document_kind="transit",
        destination=scene.draw.choice(("UZ", "KG", "TJ")),
    )
    arrival = scene.shipment(second, supplier=supplier, container=container, dispatch="UZ")
    return Case([transit, arrival], "hard", f"container={container}")


def new_importer(scene: Scene) -> Case:
    """The first declaration of a firm weeks old, of another trade, from a flat; a precursor
    by its own name, in a mass no beginner needs. Signal: the party beside the text."""
    listed = scene.listed()
    firm = scene.firm(
        age_days=scene.draw.randint(4, 40), activity=scene.draw.choice(ACTIVITIES[:6])
    )
    firm = firm._replace(address=firm.address.partition(", ОФ.")[0] + ", КВ. 17")
    item = scene.item(
        listed.name("ru").upper(),
        listed.code,
        listed.key,
        net_kg=scene.draw.randint(20, 110) * 200.0,
    )
    return Case([scene.shipment(item, firm=firm)], "easy")


def reagent_basket(scene: Scene) -> Case:
    """Linked firms acquire several substances of one published precursor family, each a
    small purchase without a permit; signal: the family over the group, not one line."""
    families = {
        name: [scene.catalogue[key] for key in keys if key in scene.catalogue]
        for name, keys in FAMILIES.items()
    }
    name = scene.draw.choice([name for name, found in families.items() if len(found) > 1])
    firms = _ring(scene, 3, (90, 900))
    shipments = []
    for number in range(len(scene.moments)):
        listed = families[name][number % len(families[name])]
        item = scene.item(
            f"РЕАКТИВ: {listed.name('ru')}, квалификация ЧДА",
            listed.code,
            listed.key,
            net_kg=round(scene.draw.uniform(1, 25), 1),
            package_kg=1.0,
        )
        shipments.append(scene.shipment(item, firm=firms[number % 3]))
    return Case(shipments, "medium", f"family={name}")


def recurring_channel(scene: Scene) -> Case:
    """The same two suppliers, border office, broker and carrier serve a group of three
    importers again and again, the goods under changing names; signal: the pattern."""
    listed = scene.listed(basket=False)
    suppliers = (scene.supplier(), scene.supplier())
    firms = _ring(scene, 3, (150, 1_200))
    broker = scene.broker()
    carrier = scene.draw.choice(scene.world.carriers)
    shipments = [
        scene.shipment(
            _channel_item(scene, number, listed.name("ru"), listed.code, listed.key),
            firm=firms[number % 3],
            supplier=suppliers[number % 2],
            broker=broker,
            carrier=carrier,
            border="55313",
            dispatch=suppliers[0].country.code,
            difficulty="medium" if number % 3 else "hard",
        )
        for number in range(len(scene.moments))
    ]
    return Case(shipments, "medium", "border=55313")


def _channel_item(scene: Scene, number: int, name: str, code: str, key: str) -> Item:
    """Every third consignment under a cover name, the others under a damaged one."""
    if number % 3 == 0:
        item = scene.honest_item(_CHEMICALS)
        item.key, item.truth, item.net_kg = key, True, 4_000.0
        return item
    shown = in_latin_letters(name) if number % 3 == 1 else with_typos(scene.draw, name, 1)
    return scene.item(f"{shown}, технический", code, key, net_kg=4_000.0)
