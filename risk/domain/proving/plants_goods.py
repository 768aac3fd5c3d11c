"""Planted cases whose signal is the code, the concentration or a mixture."""

from risk.domain.proving.cases import Case, Scene
from risk.domain.proving.catalogue import Listed

_FAR_CHAPTERS = ("39", "63", "73", "82", "84", "94", "96")
_BASKETS = ("3824999609", "3824999300", "2942000000", "3822190000")
_SOLVENTS = ("toluene", "acetone", "mek", "diethyl-ether", "tetrahydrofuran")
_FILLERS = ("бутилацетат", "этилацетат", "уайт-спирит", "ксилол", "изопропанол")
_MOST_PERCENT = 99


def wrong_code(scene: Scene) -> Case:
    """The text names a precursor, the code is that of goods of another kind; signal: both."""
    listed = scene.listed()
    good = scene.good(_FAR_CHAPTERS)
    text = (
        f"{scene.draw.choice(listed.names['ru'][:2])}, {scene.draw.choice(('импортный', 'новый'))}"
    )
    item = scene.item(text.upper(), good.code, listed.key)
    return Case([scene.shipment(item)], "easy", f"own code {listed.code}")


def basket_code(scene: Scene) -> Case:
    """A less usual name under a code for everything not elsewhere listed; signal: the text."""
    listed = scene.listed()
    names = listed.names["ru"][1:] or listed.names["en"]
    text = f"Продукт химический: {scene.draw.choice(names)}, прочие"
    item = scene.item(text, scene.draw.choice(_BASKETS), listed.key)
    return Case([scene.shipment(item)], "medium", f"own code {listed.code}")


def percent_text(scene: Scene, listed: Listed, percent: float) -> str:
    """The listed name with a stated percent, in one of the usual wordings."""
    shown = f"{percent:g}".replace(".", ",")
    pattern = scene.draw.choice(
        (
            "{}, массовая доля {} %",
            "{} {}%",
            "{}, РАСТВОР {} %",
            "{}, содержание основного вещества {} %",
        )
    )
    return pattern.format(listed.name("ru"), shown)


def just_under(scene: Scene, limit: float) -> float:
    """A percent 0.5 to 2 % of the limit under it."""
    return round(limit - max(0.1, limit * scene.draw.uniform(0.005, 0.02)), 1)


def above_limit(scene: Scene) -> Case:
    """A precursor with a stated concentration at or above the limit and no permit; signal:
    the percent."""
    listed = scene.listed(limited=True)
    limit = listed.limit or 0.0
    percent = round(scene.draw.uniform(limit, min(_MOST_PERCENT, limit * 1.6)), 1)
    item = scene.item(percent_text(scene, listed, percent), listed.code, listed.key)
    detail = f"expected=above;percent={percent:g};limit={limit:g}"
    return Case([scene.shipment(item)], "easy", detail)


def below_limit(scene: Scene) -> Case:
    """A precursor declared just below its limit; signal: the nearness, in a series. The
    expected verdict on the list with the limit stands in the detail."""
    listed = scene.listed(limited=True)
    limit = listed.limit or 0.0
    percent = just_under(scene, limit)
    item = scene.item(percent_text(scene, listed, percent), listed.code, listed.key)
    detail = f"expected=below;percent={percent:g};limit={limit:g}"
    return Case([scene.shipment(item)], "hard", detail)


def mixture(scene: Scene) -> Case:
    """A solvent of several components, one at or above its own limit; signal: its percent."""
    known = [scene.catalogue[key] for key in _SOLVENTS if key in scene.catalogue]
    listed = scene.draw.choice(
        [one for one in known if one.limit] or list(scene.catalogue.values())
    )
    percent = min(95, int((listed.limit or 50) + scene.draw.randint(1, 12)))
    first, second = scene.draw.sample(_FILLERS, 2)
    rest = 100 - percent
    text = (
        f"РАСТВОРИТЕЛЬ ОРГАНИЧЕСКИЙ СЛОЖНЫЙ: {first} {rest - rest // 3}%, "
        f"{listed.name('ru')} {percent}%, {second} {rest // 3}%"
    )
    item = scene.item(text, "3814009000", listed.key)
    return Case([scene.shipment(item)], "medium", f"expected=above;percent={percent}")
