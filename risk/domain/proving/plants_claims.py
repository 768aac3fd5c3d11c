"""Who says that control does not reach the goods: again and again, or rightly."""

from risk.domain.proving.cases import Case, Item, Scene
from risk.domain.proving.catalogue import Listed
from risk.domain.proving.firms import Firm
from risk.domain.proving.plants_goods import just_under, percent_text
from risk.domain.proving.wire import document_json

MARK = "С"
"""What a declarant writes where restrictions do not apply."""
_BROKER = "52291 брокер"
_SAMPLES = (
    "{}, для лабораторных целей, не подлежит лицензированию",
    "{}, реактив, не является прекурсором",
)


def exemptions_claimed(scene: Scene) -> Case:
    """One importer, or a broker for several, brings a precursor again and again and says each time
    that control does not reach it: a percent just under the limit, the mark that restrictions do
    not apply, or a conclusion for poisons that are none. Signal: how often it is said."""
    listed = scene.listed(limited=True)
    way = scene.draw.choice((_percent, _percent, _marked, _concluded))
    is_brokers = scene.draw.random() < 0.4
    broker = _broker(scene) if is_brokers else ""
    firm, supplier = scene.firm(), scene.supplier()
    shipments = []
    for number, _ in enumerate(scene.moments):
        if is_brokers and number % 2 == 0:
            firm = scene.firm()
        item = way(scene, listed)
        shipments.append(scene.shipment(item, firm=firm, supplier=supplier, broker=broker))
    by = "broker" if is_brokers else "importer"
    return Case(shipments, "medium", f"way={way.__name__.strip('_')};by={by}")


def lawful_claimant(scene: Scene) -> Case:
    """A settled firm that imports one weak solution after another, well below the limit of the only
    lists that hold the substance, and says with right that restrictions do not apply."""
    listed, firm, supplier = _free_below(scene), _settled(scene), scene.supplier()
    shipments = [
        scene.shipment(_weak(scene, listed), firm=firm, supplier=supplier, broker="")
        for _ in scene.moments
    ]
    return Case(shipments, "hard", "weak goods")


def claiming_clients(scene: Scene) -> Case:
    """Clients of one broker for chemicals, each of which imports goods well below some limit, and
    for each of which the broker says so."""
    broker = _broker(scene)
    shipments = [
        scene.shipment(_weak(scene, _free_below(scene)), firm=_settled(scene), broker=broker)
        for _ in scene.moments
    ]
    return Case(shipments, "hard", "weak goods of many")


def _percent(scene: Scene, listed: Listed) -> Item:
    item = _stating(scene, listed, just_under(scene, listed.limit or 0.0))
    item.mark = MARK if scene.draw.random() < 0.5 else ""
    return item


def _marked(scene: Scene, listed: Listed) -> Item:
    item = _named(scene, listed)
    item.mark = MARK
    return item


def _concluded(scene: Scene, listed: Listed) -> Item:
    item = _named(scene, listed)
    code = scene.draw.choice(("01071", "01072"))
    item.documents = (document_json(code, scene.number("KZ71"), scene.first_day),)
    return item


def _named(scene: Scene, listed: Listed) -> Item:
    text = scene.draw.choice(_SAMPLES).format(listed.name("ru"))
    return scene.item(text, listed.code, listed.key)


def _weak(scene: Scene, listed: Listed) -> Item:
    """Mostly far below the limit; one of ten is sold just under it."""
    limit = listed.limit or 0.0
    is_near = scene.draw.random() < 0.1
    share = scene.draw.uniform(0.2, 0.9)
    item = _stating(scene, listed, just_under(scene, limit) if is_near else round(limit * share, 1))
    item.mark = MARK
    return item


def _stating(scene: Scene, listed: Listed, percent: float) -> Item:
    return scene.item(percent_text(scene, listed, percent), listed.code, listed.key)


def _free_below(scene: Scene) -> Listed:
    known = [one for one in scene.catalogue.values() if one.limit and one.is_free_below]
    return scene.draw.choice(known)


def _settled(scene: Scene) -> Firm:
    return scene.firm(age_days=scene.draw.randint(1_500, 5_000))


def _broker(scene: Scene) -> str:
    return f'{{"role":"representative",{scene.firm(2_000, _BROKER).party}}},'
