"""Honest traders and goods that look like cases: what a good profile leaves alone."""

from datetime import timedelta
from typing import Any

from risk.domain.proving.cases import Case, Item, Scene, Shipment, permit_documents
from risk.domain.proving.firms import PAINT_ACTIVITY, PHARMA_ACTIVITY

_NEVER_ALONE = ("28", "29", "32", "34", "35", "38", "39")
_SEASONAL = ("31", "38", "08", "12", "94")
_FREE_OF = (
    ("ЖИДКОСТЬ ДЛЯ СНЯТИЯ ЛАКА, НЕ СОДЕРЖИТ АЦЕТОНА", "3304300000", "acetone"),
    ("NAIL POLISH REMOVER, ACETONE-FREE, 100 ML", "3304300000", "acetone"),
    ("КЛЕЙ КОНТАКТНЫЙ БЕЗ ТОЛУОЛА, БАНКИ 1 Л", "3506910000", "toluene"),
    ("TOLUENE-FREE CONTACT ADHESIVE", "3506910000", "toluene"),
    ("ОЧИСТИТЕЛЬ ДЛЯ ПЛАСТИКА, БЕЗ АЦЕТОНА И ТОЛУОЛА", "3402909000", "acetone"),
    ("卸甲水 不含丙酮", "3304300000", "acetone"),
    ("СРЕДСТВО ДЛЯ САНТЕХНИКИ, НЕ СОДЕРЖИТ СОЛЯНОЙ КИСЛОТЫ", "3402909000", "hydrochloric-acid"),
    ("ОБЕЗЖИРИВАТЕЛЬ БЕЗ МЕТИЛЭТИЛКЕТОНА", "3814009000", "mek"),
)  # fmt: skip
_DERIVATIVES = (
    ("ТОЛУОЛДИИЗОЦИАНАТ ДЛЯ ПЕНОПОЛИУРЕТАНА", "2929100000", "toluene"),
    ("TOLUENE DIISOCYANATE TDI 80/20", "2929100000", "toluene"),
    ("ПЕРОКСИД МЕТИЛЭТИЛКЕТОНА, ОТВЕРДИТЕЛЬ", "2909600000", "mek"),
    ("METHYL ETHYL KETONE PEROXIDE, HARDENER", "2909600000", "mek"),
    ("АЦЕТОНЦИАНГИДРИН", "2926907000", "acetone"),
    ("ФЕНИЛЭТИЛОВЫЙ СПИРТ ДУШИСТЫЙ", "2906290000", "phenylacetic-acid"),
    ("СОПОЛИМЕР МЕТИЛАКРИЛАТА В ГРАНУЛАХ", "3906909000", "methyl-acrylate"),
    ("ДИАЦЕТОНОВЫЙ СПИРТ", "2914400000", "acetone"),
)  # fmt: skip
_CONSUMER = (
    ("АККУМУЛЯТОР СВИНЦОВЫЙ, ЗАЛИТ СЕРНОЙ КИСЛОТОЙ, 60 А/Ч", "8507102003", "sulfuric-acid"),
    ("LEAD ACID BATTERY WITH SULPHURIC ACID 12V", "8507102003", "sulfuric-acid"),
    ("НАСОС ДЛЯ СЕРНОЙ КИСЛОТЫ, НОВЫЙ", "8413708100", "sulfuric-acid"),
    ("ПЕРЧАТКИ СТОЙКИЕ К АЦЕТОНУ И ТОЛУОЛУ", "4015190000", "acetone"),
    ("ЕМКОСТЬ ДЛЯ СОЛЯНОЙ КИСЛОТЫ ПОЛИЭТИЛЕНОВАЯ", "3923301090", "hydrochloric-acid"),
    ("НАБОР ДЛЯ МАНИКЮРА СО СРЕДСТВОМ ДЛЯ СНЯТИЯ АЦЕТОНОВЫХ ЛАКОВ", "3304300000", "acetone"),
    ("ИНДИКАТОР НА АЦЕТОН В МОЧЕ, ТЕСТ-ПОЛОСКИ", "3822190000", "acetone"),
    ("СРЕДСТВО ДЛЯ УДАЛЕНИЯ ПЕРМАНГАНАТА КАЛИЯ С ЭМАЛИ", "3402909000", "potassium-permanganate"),
)  # fmt: skip
_PHARMA = (
    "ephedrine",
    "pseudoephedrine",
    "ergotamine",
    "acetic-anhydride",
    "potassium-permanganate",
)
_PAINT = ("acetone", "toluene", "mek", "methyl-methacrylate")


def _trap_item(scene: Scene, text: str, code: str, key: str) -> Item:
    return scene.item(text, code, key, price=scene.usual_price(code))


def _one_of(scene: Scene, listed: tuple[tuple[str, str, str], ...], detail: str) -> Case:
    text, code, key = scene.draw.choice(listed)
    if scene.draw.random() < 0.5:
        text = f"{text}, АРТ. {scene.draw.randint(100, 99_999)}"
    item = _trap_item(scene, text, code, key)
    return Case([scene.shipment(item, firm=scene.regular())], "medium", detail)


def shared_business_centre(scene: Scene) -> Case:
    """Unrelated firms in one business centre with the telephone of its reception; one of
    their neighbours, at the same address, was an offender once."""
    reception, offender = scene.firm(age_days=4_000), scene.firm(age_days=3_000)
    address = (
        f"{reception.address.partition(', ОФ.')[0]}, БЦ «{scene.draw.choice(('НУРЛЫ', 'ОРДА'))}»"
    )
    shipments = []
    for _ in scene.moments:
        own = scene.firm(age_days=scene.draw.randint(300, 5_000))
        firm = own._replace(address=address, phone=reception.phone)
        shipments.append(scene.shipment(scene.honest_item(_NEVER_ALONE), firm=firm, whole=True))
    offence = scene.first_day - timedelta(days=scene.draw.randint(200, 900))
    return Case(
        shipments,
        "hard",
        "business centre",
        firms=[offender._replace(address=address)],
        offenders=[(offender.bin, offence, scene.listed().key)],
    )


def big_innocent_broker(scene: Scene) -> Case:
    """Clients of the country's biggest broker, who serves offenders as he serves anyone."""
    from_big = scene.world.brokers[0]
    broker = f'{{"role":"representative",{from_big.party}}},'
    shipments = [
        scene.shipment(
            scene.honest_item(_NEVER_ALONE), firm=scene.regular(), broker=broker, whole=True
        )
        for _ in scene.moments
    ]
    return Case(shipments, "medium", f"broker={from_big.bin}")


def seasonal_importer(scene: Scene) -> Case:
    """A firm that imports much in one season and nothing for the rest of the year."""
    firm, supplier = scene.firm(age_days=1_200), scene.supplier()
    good = scene.good(_SEASONAL)
    shipments = []
    for _ in scene.moments:
        item = scene.item(good.texts["ru"][0].upper(), good.code, price=good.price)
        item.net_kg = good.lot_kg * scene.draw.uniform(3, 9)
        shipments.append(scene.shipment(item, firm=firm, supplier=supplier, whole=True))
    return Case(shipments, "medium", "season")


def permitted_maker(scene: Scene) -> Case:
    """A maker of medicines or paints that imports a precursor regularly under a licence that
    covers it, each consignment notified."""
    is_pharma = scene.draw.random() < 0.5
    keys = [key for key in (_PHARMA if is_pharma else _PAINT) if key in scene.catalogue]
    listed = scene.catalogue[scene.draw.choice(keys)]
    activity = PHARMA_ACTIVITY if is_pharma else PAINT_ACTIVITY
    firm, supplier = scene.firm(age_days=3_500, activity=activity), scene.supplier()
    amount = scene.draw.randint(2, 40) * 50.0
    start = scene.first_day - timedelta(days=scene.draw.randint(5, 60))
    total = amount * (len(scene.moments) + scene.draw.randint(1, 6))
    licence = scene.authorisation(firm, listed, total, (start, start + timedelta(days=729)))
    notices: list[dict[str, Any]] = []
    shipments: list[Shipment] = []
    for moment in scene.moments:
        sent = moment.day - timedelta(days=scene.draw.randint(20, 30))
        notices.append(scene.notice(firm, supplier, listed, amount, sent))
        text = f"{listed.name('ru')}, {'субстанция' if is_pharma else 'сырье для ЛКМ'}"
        item = scene.item(
            text, listed.code, listed.key, net_kg=amount,
            documents=permit_documents(licence, notices[-1]),
        )  # fmt: skip
        shipments.append(scene.shipment(item, firm=firm, supplier=supplier, broker=""))
    trade = "pharma" if is_pharma else "paint"
    return Case(shipments, "medium", trade, authorisations=[licence], notices=notices)


def innocent_neighbour(scene: Scene) -> Case:
    """A chemical on no list whose name looks like a listed one."""
    name, language, key = scene.draw.choice(scene.neighbours)
    good = scene.good(("28", "29", "38"))
    text = (
        name if scene.draw.random() < 0.5 else f"{name}, {'чистый' if language == 'ru' else '99 %'}"
    )
    item = _trap_item(scene, text.upper() if scene.draw.random() < 0.5 else text, good.code, key)
    return Case([scene.shipment(item, firm=scene.regular())], "hard", "near name")


def absence(scene: Scene) -> Case:
    """Goods that say what they do not contain."""
    return _one_of(scene, _FREE_OF, "absence")


def derivative(scene: Scene) -> Case:
    """Another molecule whose name holds a listed one."""
    return _one_of(scene, _DERIVATIVES, "derivative")


def consumer_goods(scene: Scene) -> Case:
    """Finished goods beside whose use or filling a listed substance is named."""
    return _one_of(scene, _CONSUMER, "consumer goods")
