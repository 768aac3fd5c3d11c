"""How names get damaged or hidden on their way into a declaration."""

from random import Random

_KEYS_RU = {
    "а": "вп", "е": "кн", "и": "мт", "о": "рл", "р": "по", "т": "иь", "н": "ег", "л": "од",
    "с": "чм", "к": "уе", "д": "лж", "м": "си", "п": "ар", "у": "цк", "г": "нш", "в": "ыа",
}  # fmt: skip
_KEYS_EN = {
    "a": "sq", "e": "wr", "i": "uo", "o": "ip", "t": "ry", "n": "bm", "l": "ko", "d": "sf",
    "r": "et", "h": "gj", "y": "tu", "c": "xv", "p": "ol", "m": "nk", "u": "yi", "s": "ad",
}  # fmt: skip
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_LOOK_ALIKES = dict(zip("аеорсухАВЕКМНОРСТХ", "aeopcyxABEKMHOPCTX", strict=True))
_MISREAD = {
    "о": "0", "О": "0", "o": "0", "O": "0", "l": "1", "I": "1", "i": "1", "m": "rn", "З": "3",
    "з": "3", "б": "6", "S": "5", "B": "8", "ш": "щ", "n": "r", "e": "c", "и": "н", "п": "н",
}  # fmt: skip
_ENDINGS_GENITIVE = (
    ("ая", "ой"), ("яя", "ей"), ("ый", "ого"), ("ий", "его"), ("ое", "ого"), ("ота", "оты"),
    ("ид", "ида"), ("он", "она"), ("ол", "ола"), ("ин", "ина"), ("ир", "ира"), ("ат", "ата"),
    ("ил", "ила"), ("ал", "аля"), ("ан", "ана"), ("ен", "ена"), ("рол", "рола"), ("за", "зы"),
)  # fmt: skip
_ADJECTIVES = ("ая", "яя", "ый", "ий", "ое")
_FIRST_EDIT = 2


def with_typos(draw: Random, name: str, edits: int) -> str:
    """``name`` with slips of the keys: a swap, a loss, a doubling, a neighbour key."""
    letters = list(name)
    for _ in range(edits):
        places = [n for n in range(_FIRST_EDIT, len(letters) - 1) if letters[n].isalpha()]
        place = draw.choice(places)
        near = (_KEYS_RU | _KEYS_EN).get(letters[place].lower())
        slip = draw.choice("sldk" if near else "sld")
        if slip == "s" and letters[place + 1].isalpha() and letters[place] != letters[place + 1]:
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        elif slip == "l":
            del letters[place]
        elif slip == "k" and near:
            letters[place] = draw.choice(near)
        else:
            letters.insert(place, letters[place])
    return "".join(letters)


def in_latin_letters(name: str) -> str:
    """A Russian name as people type it on a Latin keyboard.

    >>> in_latin_letters("уксусный ангидрид")
    'uksusnyy angidrid'
    """
    return "".join(_LATIN.get(letter, letter) for letter in name.lower())


def with_look_alikes(draw: Random, name: str) -> str:
    """A Russian name in which some letters are Latin ones that look the same."""
    places = [n for n, letter in enumerate(name) if letter in _LOOK_ALIKES]
    chosen = set(draw.sample(places, max(1, len(places) // 2))) if places else set()
    return "".join(_LOOK_ALIKES[c] if n in chosen else c for n, c in enumerate(name))


def misread(draw: Random, name: str) -> str:
    """``name`` as optical recognition gives it: one or two letters read as others."""
    places = [n for n, letter in enumerate(name) if letter in _MISREAD and n]
    chosen = set(draw.sample(places, min(len(places), draw.choice((1, 2)))))
    return "".join(_MISREAD[c] if n in chosen else c for n, c in enumerate(name))


def in_genitive(name: str) -> str:
    """A Russian name in the genitive, adjectives and the first noun only.

    >>> in_genitive("серная кислота"), in_genitive("ангидрид уксусной кислоты")
    ('серной кислоты', 'ангидрида уксусной кислоты')
    """
    words = name.split(" ")
    for n, word in enumerate(words):
        for ending, genitive in _ENDINGS_GENITIVE:
            if word.lower().endswith(ending):
                words[n] = word[: -len(ending)] + genitive
                break
        if not word.lower().endswith(_ADJECTIVES):
            break
    return " ".join(words)
