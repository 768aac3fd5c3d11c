"""Other spellings of a name that mean the same: declined, turned round, in other letters."""

import re
from random import Random

_GENITIVE = (
    ("ая", "ой"), ("яя", "ей"), ("ый", "ого"), ("ий", "его"), ("ое", "ого"), ("ь", "я"),
    ("а", "ы"), ("о", "а"),
)  # fmt: skip
_DATIVE = (
    ("ая", "ой"), ("яя", "ей"), ("ый", "ому"), ("ий", "ему"), ("ое", "ому"), ("ь", "ю"),
    ("а", "е"), ("о", "у"),
)  # fmt: skip
_INSTRUMENTAL = (
    ("ая", "ой"), ("яя", "ей"), ("ый", "ым"), ("ий", "им"), ("ое", "ым"), ("ь", "ем"),
    ("а", "ой"), ("о", "ом"),
)  # fmt: skip
_RU_CASES = {
    "gen": (_GENITIVE, "а"), "dat": (_DATIVE, "у"), "ins": (_INSTRUMENTAL, "ом"),
}  # fmt: skip
_ADJECTIVE = ("ая", "яя", "ый", "ий", "ое", "ный")
# Nouns that these rules would decline wrongly, or that are not nouns in the nominative.
_NOT_DECLINED = re.compile(r"(?:ы|и|я|е|у|ью|ое|ей|ой|ого|их|ых|с|AP|он-\d)$|[a-z]|таблетки|масло")
_KK_BACK = frozenset("аоұыуёюя")
_KK_VOICELESS = frozenset("пфкқтсшщчцхһ")
_KK_VOWELS = frozenset("аәоөұүыіеэиуёюя")


def case_forms_ru(name: str) -> dict[str, str]:
    """Genitive, dative and instrumental of "adjective(s) noun" and "noun rest".

    >>> case_forms_ru("серная кислота")["gen"], case_forms_ru("толуол")["ins"]
    ('серной кислоты', 'толуолом')
    """
    words = name.split(" ")
    adjectives = {n for n, word in enumerate(words) if word.lower().endswith(_ADJECTIVE)}
    head = next((n for n in range(len(words)) if n not in adjectives), None)
    if head is None or _NOT_DECLINED.search(words[head]):
        return {}
    # "серная кислота" and "кислота серная": adjectives before the noun or right behind it.
    turned = {head, *(n for n in adjectives if n <= head + 1)}
    return {
        case: " ".join(
            _declined(word, endings, default) if n in turned else word
            for n, word in enumerate(words)
        )
        for case, (endings, default) in _RU_CASES.items()
    }


def _declined(word: str, endings: tuple[tuple[str, str], ...], default: str) -> str:
    for ending, other in endings:
        if word.endswith(ending):
            return word[: -len(ending)] + other
    return word + default


def case_forms_kk(name: str) -> dict[str, str]:
    """Genitive, accusative, instrumental and ablative by vowel harmony.

    >>> case_forms_kk("ацетон")["gen"], case_forms_kk("сірке қышқылы")["acc"]
    ('ацетонның', 'сірке қышқылын')
    """
    vowels = [char for char in name.lower() if char in _KK_VOWELS]
    last = name[-1].lower()
    if not vowels or not last.isalpha():
        return {}
    is_back = vowels[-1] in _KK_BACK
    is_owned = name.split(" ")[-1].endswith(("ы", "і")) and " " in name
    if last in _KK_VOWELS or last in "мнң":
        genitive = "ның" if is_back else "нің"
    elif last in _KK_VOICELESS:
        genitive = "тың" if is_back else "тің"
    else:
        genitive = "дың" if is_back else "дің"
    hard, soft = ("тан", "тен") if last in _KK_VOICELESS else ("дан", "ден")
    if last in "мнң" or is_owned:
        hard, soft = "нан", "нен"
    return {
        "gen": name + genitive,
        "acc": name + ("н" if is_owned else genitive[:2]),
        "ins": name + ("пен" if last in _KK_VOICELESS else "мен"),
        "abl": name + (hard if is_back else soft),
    }


def reordered(draw: Random, name: str, lang: str) -> str | None:
    """Two words turned round, or a systematic name inverted as indexes do."""
    words = name.split(" ")
    if len(words) != 2 or any(char in name for char in ",()"):
        return None
    first, second = words
    if lang == "ru":
        is_adjective = first.endswith(_ADJECTIVE) != second.endswith(_ADJECTIVE)
        return f"{second} {first}" if is_adjective else None
    if second in ("acid", "anhydride", "chloride", "ether", "bromide", "cyanide", "alcohol"):
        return draw.choice((f"{second}, {first}", f"{second} {first}"))
    return None


_PLAIN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))
_GOST = _PLAIN | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "",
    "ю": "yu", "я": "ya", "ё": "e",
}  # fmt: skip
_ISO9 = _PLAIN | {
    "ж": "ž", "х": "h", "ц": "c", "ч": "č", "ш": "š", "щ": "ŝ", "ъ": "", "ь": "", "ю": "û",
    "я": "â", "ё": "ë", "й": "j", "э": "è",
}  # fmt: skip
_HABIT = _PLAIN | {
    "ж": "j", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ь": "'", "ю": "ju",
    "я": "ja", "ё": "jo", "й": "j", "ы": "y",
}  # fmt: skip


def _in_latin(table: dict[str, str], name: str) -> str:
    return "".join(table.get(char, char) for char in name.lower())


def by_gost(name: str) -> str:
    """As passports and GOST R 52535 write it."""
    return _in_latin(_GOST, name)


def by_iso9(name: str) -> str:
    """ISO 9, a letter for a letter, without its marks half of the time in practice."""
    return _in_latin(_ISO9, name)


def by_habit(name: str) -> str:
    """As people type Russian on a Latin keyboard."""
    return _in_latin(_HABIT, name)


TRANSLITERATIONS = (by_gost, by_iso9, by_habit)
_SOUNDS = (
    ("sch", "ш"), ("tion", "цион"), ("ph", "ф"), ("th", "т"), ("ch", "х"), ("sh", "ш"),
    ("qu", "кв"), ("ya", "я"), ("yu", "ю"), ("ck", "к"), ("ce", "це"), ("ci", "ци"), ("cy", "ци"),
    ("a", "а"), ("b", "б"), ("c", "к"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"),
    ("i", "и"), ("j", "дж"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"),
    ("p", "п"), ("q", "к"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "в"),
    ("x", "кс"), ("y", "и"), ("z", "з"),
)  # fmt: skip


def in_cyrillic(name: str) -> str:
    """An English name letter by letter in Cyrillic, final silent e dropped.

    >>> in_cyrillic("Acetic anhydride")
    'ацетик анхидрид'
    """
    found = " ".join(re.sub(r"e$", "", word) for word in name.lower().split(" "))
    for latin, cyrillic in _SOUNDS:
        found = found.replace(latin, cyrillic)
    return found


_ALIKE = dict(zip("аеорсухАВЕКМНОРСТХ", "aeopcyxABEKMHOPCTX", strict=True))
_ALIKE_BACK = {latin: cyrillic for cyrillic, latin in _ALIKE.items()}


def in_other_alphabet(draw: Random, text: str, lang: str) -> str | None:
    """Half of the letters that have a double in the other alphabet, exchanged."""
    table = _ALIKE if lang == "ru" else _ALIKE_BACK
    places = [n for n, char in enumerate(text) if char in table]
    if len(places) < 2:
        return None
    chosen = set(draw.sample(places, max(1, len(places) // 2)))
    return "".join(table[char] if n in chosen else char for n, char in enumerate(text))


_TRADITIONAL = str.maketrans(
    "盐红无氢锰钾钠酰麻黄麦乌盖发烟浓氯对异双亚氨并环腈胶压机药制剂复药伪马来缩丙",
    "鹽紅無氫錳鉀鈉醯麻黃麥烏蓋發煙濃氯對異雙亞氨並環腈膠壓機藥製劑複藥偽馬來縮丙",
)


def in_traditional(name: str) -> str:
    """Simplified Chinese as Taiwan and Hong Kong write it.

    >>> in_traditional("盐酸麻黄碱")
    '鹽酸麻黃鹼'
    """
    return name.translate(_TRADITIONAL).replace("碱", "鹼")
