"""Habits of writing a name: legal forms, romanisation, slips, spacing.

Written apart from what resolves them (risk/domain/resolution), so that neither knows the
other's tables.
"""

from collections.abc import Mapping
from random import Random

from anyascii import anyascii

from risk.domain.proving.disguise import with_typos

FORMS: Mapping[str, tuple[str, ...]] = {
    "ru": (
        "ТОО «{}»", 'ТОО "{}"', "{} LLP", "{} TOO", "ЖШС «{}»", "«{}» ЖШС", "TOO {}", "{}, ТОО",
        "Товарищество с ограниченной ответственностью «{}»", "LLP {}", "{} L.L.P.", "{} LTD",
        "{} жауапкершілігі шектеулі серіктестігі",
    ),
    "person": ("ИП {}", "ИП «{}»", "ЖК {}", "IP {}", "Индивидуальный предприниматель {}", "{} ИП"),
    "zh": ("{}有限公司", "{} Co., Ltd", "{} CO LTD", "{} Company Limited", "{}有限责任公司"),
    "tr": (
        "{} A.Ş.", "{} AS", "{} Ltd. Şti.", "{} San. ve Tic. Ltd. Şti.", "{} LTD STI",
        "{} Anonim Şirketi", "{} Limited Şirketi",
    ),
    "uz": (
        "{} MCHJ", "MCHJ {}", "«{}» МЧЖ", "{} LLC", "ООО {}", "{} mas’uliyati cheklangan jamiyati",
    ),
    "de": ("{} GmbH", "{} G.m.b.H.", "{} GmbH & Co. KG", "{} AG", "{} Gesellschaft mbH"),
    "latin": (
        "{} LTD", "{} Ltd.", "{} LLC", "{} CO., LTD", "{} INC", "{} Limited", "{} CO LTD", "{}",
    ),
}  # fmt: skip
"""Patterns by script; the first of each are the most usual in declarations."""

_RUSSIAN = "абвгдеёзийклмнопрстуфыэ"
_LATIN = "abvgdeeziiklmnoprstufye"
_COMMON = {
    **dict(zip(_RUSSIAN, _LATIN, strict=True)),
    **{"ъ": "", "ь": "", "і": "i", "ө": "o", "ұ": "u", "ү": "u", "ң": "n", "һ": "h"},
}
_HABITS: tuple[Mapping[str, str], ...] = (
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya",
     "й": "y", "қ": "k", "ғ": "g", "ә": "a"},
    {"ж": "j", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "ju", "я": "ja",
     "й": "j", "қ": "q", "ғ": "gh", "ә": "ae"},
    {"ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shh", "ю": "iu", "я": "ia",
     "й": "i", "ы": "i", "қ": "q", "ғ": "g", "ә": "a"},
    {"ж": "zh", "х": "x", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya",
     "й": "y", "э": "e", "қ": "k", "ғ": "g", "ә": "a"},
)  # fmt: skip


def romanised(draw: Random, name: str) -> str:
    """A name in Latin letters by one of the habits; Chinese as pinyin, by words or syllables."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in name):
        return _pinyin(draw, name)
    table = {**_COMMON, **draw.choice(_HABITS)}
    return "".join(table.get(letter, letter) for letter in name.lower()).title()


def _pinyin(draw: Random, name: str) -> str:
    syllables = [anyascii(letter).lower() for letter in name]
    joint = draw.choice((" ", "", "pairs", "pairs", "pairs"))
    if joint != "pairs":
        return joint.join(syllables).title()
    pairs = ["".join(syllables[n : n + 2]) for n in range(0, len(syllables), 2)]
    return " ".join(pairs).title()


_PLAIN = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ş": "s", "ç": "c", "ı": "i", "ğ": "g", "İ": "I",
    "Ö": "O", "Ü": "U", "Ş": "S", "Ç": "C", "‘": "", "’": "",
}  # fmt: skip


def respelt(name: str) -> str:
    """A Turkish, German or Uzbek name without the letters that keyboards lack.

    >>> respelt("Müller"), respelt("Şahin Kimya")
    ('Mueller', 'Sahin Kimya')
    """
    return "".join(_PLAIN.get(letter, letter) for letter in name)


def slipped(draw: Random, name: str) -> str:
    """A slip of the keys in one word, rarely in two; too short a name stays."""
    if sum(letter.isalpha() for letter in name) < 6:
        return name
    return with_typos(draw, name, 1 if draw.random() < 0.85 else 2)


def other_spacing(draw: Random, name: str) -> str:
    """Hyphens, no spaces, or the words the other way round."""
    words = name.split()
    if len(words) == 1:
        return name
    dice = draw.random()
    if dice < 0.35:
        return "-".join(words)
    return "".join(words) if dice < 0.6 else " ".join((*words[1:], words[0]))
