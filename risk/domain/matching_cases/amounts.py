"""Classes of lines that state how much of a listed substance a mixture holds."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random

from risk.domain.matching_cases.case import Draft
from risk.domain.matching_cases.material import Material, Named
from risk.domain.matching_cases.truth import expected_verdict

_LIMITED = "RU-681-L4"
# Chosen lists of a line: one with limits, all of them, one with limits and one unknown.
_SELECTS = (_LIMITED, _LIMITED, _LIMITED, "", f"{_LIMITED};KZ-470-T4")
_PLAIN = {
    "ru": (
        "{} {} %", "{}, {}%", "{} {}%-ный раствор", "{}, массовая доля {} %", "раствор {} ({} %)",
        "{} с содержанием {} масс.%", "смесь: {} {} %, вода остальное",
    ),
    "en": (
        "{} {} %", "{}, {}%", "{} solution {} % w/w", "{} {} wt.%", "{} ({} % by mass)",
        "{}, assay {}%", "mixture: {} {} %, water balance",
    ),
    "kk": ("{} {} %", "{}, массалық үлесі {} %", "{} ерітіндісі {}%"),
    "zh": ("{} {}%", "{},含量{}%", "{}溶液 {}％", "{}(质量分数{}%)"),
}  # fmt: skip
_LEAST = {
    "ru": ("{} не менее {} %", "{}, мин. {} %", "{} ≥ {}%", "{} от {} %"),
    "en": ("{} min. {} %", "{}, not less than {}%", "{} ≥ {} %", "{} at least {} %"),
    "zh": ("{} ≥{}%", "{},含量≥{}%"),
}
_MOST = {
    "ru": ("{} не более {} %", "{}, до {} %", "{} ≤ {}%", "{} макс. {} %"),
    "en": ("{} max. {} %", "{}, up to {}%", "{} ≤ {} %", "{} not more than {} %"),
    "zh": ("{} ≤{}%", "{},不超过{}%"),
}
_RANGE = {
    "ru": ("{} {}-{} %", "{} от {} до {} %", "{}, {} – {} масс.%", "{} {}…{} %"),
    "en": ("{} {}-{} %", "{} {} to {} %", "{}, {} – {} wt.%"),
    "zh": ("{} {}-{}%", "{},含量{}~{}%"),
}
# Far from the limits whatever the density: grams a litre and parts, with what they must mean.
_STRONG_G_L, _WEAK_G_L = 700, 20
Wanted = Callable[[Random, Decimal], Decimal]


def _names(material: Material, *langs: str) -> list[Named]:
    return [
        one
        for one in material.names_in(*langs, kinds=("common", "list"))
        if _limit(material, one.key) is not None
        and len(one.name) <= 40
        and one.name[-1].isalpha()
        and not any(char.isdigit() or char == "," for char in one.name)
    ]


def _limit(material: Material, key: str) -> Decimal | None:
    limits = [
        entry.concentration_min_pct
        for entry in material.entries[key]
        if entry.list_code == _LIMITED and entry.concentration_min_pct is not None
    ]
    return min(limits, default=None)


def _shown(draw: Random, lang: str, percent: Decimal) -> str:
    text = f"{percent:f}"
    return text.replace(".", ",") if lang in ("ru", "kk") and draw.random() < 0.7 else text


def above(draw: Random, limit: Decimal) -> Decimal:
    """A figure at or over the limit."""
    span = 100 - limit
    part = draw.choice((Decimal(0), span / 10, span / 3, span / 2, span - 1, span))
    return (limit + part).quantize(Decimal("0.1")).normalize() + 0


def below(draw: Random, limit: Decimal) -> Decimal:
    """A figure under the limit, more than nothing."""
    part = draw.choice(("0.1", "0.3", "0.5", "0.8", "0.97"))
    return max(Decimal("0.5"), (limit * Decimal(part)).quantize(Decimal("0.1"))).normalize() + 0


def _draft(
    material: Material,
    one: Named,
    text: str,
    select: str,
    percent: Decimal | None,
    verdict: str = "",
) -> Draft:
    lists = tuple(select.split(";")) if select else ()
    wanted = verdict or expected_verdict(material.entries[one.key], percent, select=lists)
    return Draft(
        lang=one.lang,
        text=text,
        about=(one.name,),
        source=f"names: {one.name}",
        keys=(one.key,),
        flagged="0" if wanted == "below" else "1",
        select=select,
        verdicts=(wanted,),
        concentrations=("" if percent is None else f"{percent:f}",),
    )


class Plain:
    """One figure in percent, above or below the limit of the list."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted

    def __call__(self, material: Material, draw: Random) -> Iterator[Draft]:
        names = _names(material, "ru", "en", "kk", "zh")
        while True:
            one = draw.choice(names)
            percent = self._wanted(draw, _limit(material, one.key) or Decimal(0))
            sentence = draw.choice(_PLAIN[one.lang])
            text = sentence.format(one.name, _shown(draw, one.lang, percent))
            yield _draft(material, one, text, draw.choice(_SELECTS), percent)


def bounded(material: Material, draw: Random) -> Iterator[Draft]:
    """Words like "not less than", "up to" and ranges, of which the upper figure counts."""
    names = _names(material, "ru", "en", "zh")
    while True:
        one = draw.choice(names)
        limit = _limit(material, one.key) or Decimal(0)
        percent = draw.choice((above, below))(draw, limit)
        shown = _shown(draw, one.lang, percent)
        chance = draw.random()
        if chance < 0.3:
            text = draw.choice(_LEAST[one.lang]).format(one.name, shown)
            if percent < limit:
                continue
        elif chance < 0.5:
            text = draw.choice(_MOST[one.lang]).format(one.name, shown)
        else:
            low = (percent * Decimal("0.8")).quantize(Decimal("0.1")).normalize() + 0
            sentence = draw.choice(_RANGE[one.lang])
            text = sentence.format(one.name, _shown(draw, one.lang, low), shown)
        yield _draft(material, one, text, draw.choice(_SELECTS), percent)


def grams_and_parts(material: Material, draw: Random) -> Iterator[Draft]:
    """Grams a litre and parts, clearly over or clearly under the limit."""
    names = [
        one
        for one in _names(material, "ru", "en")
        if Decimal(10) <= (_limit(material, one.key) or Decimal(0)) <= Decimal(40)
    ]
    sentences = {
        ("ru", "g"): ("{}, {} г/л", "раствор {} {} г/л", "{} {} г/дм3"),
        ("en", "g"): ("{}, {} g/l", "{} solution {} g/L", "{} {} grams per litre"),
        ("ru", "p"): ("{} : вода {}", "{} с водой {}", "{} и вода в соотношении {}"),
        ("en", "p"): ("{} : water {}", "{} and water {}", "{} and water in the ratio {}"),
    }
    while True:
        one = draw.choice(names)
        is_strong = draw.random() < 0.5
        kind = draw.choice("gp")
        if kind == "g":
            amount = str(_STRONG_G_L if is_strong else draw.choice((_WEAK_G_L, 5, 50)))
        else:
            amount = (
                draw.choice(("3:1", "4:1", "9:1")) if is_strong else draw.choice(("1:19", "1:49"))
            )
        text = draw.choice(sentences[one.lang, kind]).format(one.name, amount)
        verdict = "above" if is_strong else "below"
        yield _draft(material, one, text, _LIMITED, None, verdict)


def mixtures(material: Material, draw: Random) -> Iterator[Draft]:
    """Several listed components, each with its own figure."""
    by_lang = {lang: _names(material, lang) for lang in ("ru", "en", "zh")}
    joins = {"ru": (", ", "; "), "en": (", ", "; "), "zh": ("、", ",")}
    heads = {
        "ru": ("смесь: {}", "состав: {}", "{}"),
        "en": ("mixture: {}", "solvent blend {}", "{}"),
        "zh": ("混合物:{}", "{}"),
    }
    while True:
        lang = draw.choice(tuple(by_lang))
        first, second = draw.sample(by_lang[lang], 2)
        if first.key == second.key:
            continue
        share = Decimal(draw.choice((5, 10, 20, 30, 40, 50, 60, 70, 80, 90)))
        figures = (share, 100 - share)
        parts = [
            f"{one.name} {figure} %" for one, figure in zip((first, second), figures, strict=True)
        ]
        verdicts = tuple(
            expected_verdict(material.entries[one.key], figure, select=(_LIMITED,))
            for one, figure in zip((first, second), figures, strict=True)
        )
        yield Draft(
            lang=lang,
            text=draw.choice(heads[lang]).format(draw.choice(joins[lang]).join(parts)),
            about=(first.name, second.name),
            source=f"names: {first.name}; {second.name}",
            keys=(first.key, second.key),
            flagged="",
            select=_LIMITED,
            verdicts=verdicts,
            concentrations=tuple(str(figure) for figure in figures),
        )
