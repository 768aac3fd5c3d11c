"""Simple inflection of Russian names of substances, and their spelling in Latin letters."""

import re

_CASES = 5  # genitive, dative, accusative, instrumental, prepositional

# Ending of the nominative → endings of the five cases. Longest ending first.
_ADJECTIVES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ый", ("ого", "ому", "ый", "ым", "ом")),
    ("ая", ("ой", "ой", "ую", "ой", "ой")),
    ("яя", ("ей", "ей", "юю", "ей", "ей")),
    ("ое", ("ого", "ому", "ое", "ым", "ом")),
    ("ые", ("ых", "ым", "ые", "ыми", "ых")),
    ("кий", ("кого", "кому", "кий", "ким", "ком")),
)
_NOUNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ия", ("ии", "ии", "ию", "ией", "ии")),
    ("ие", ("ия", "ию", "ие", "ием", "ии")),
    ("ий", ("ия", "ию", "ий", "ием", "ии")),
    ("ка", ("ки", "ке", "ку", "кой", "ке")),
    ("а", ("ы", "е", "у", "ой", "е")),
    ("я", ("и", "е", "ю", "ей", "е")),
    ("о", ("а", "у", "о", "ом", "е")),
    ("ь", ("я", "ю", "ь", "ем", "е")),
)
_CONSONANT = re.compile(r"[бвгджзклмнпрстфхцчшщ]$")
_AFTER_CONSONANT = ("а", "у", "", "ом", "е")
_LATIN_SCHEMES = (
    dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюя",
            [
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "zh",
                "z",
                "i",
                "y",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "kh",
                "ts",
                "ch",
                "sh",
                "shch",
                "",
                "y",
                "",
                "e",
                "yu",
                "ya",
            ],
            strict=True,
        )
    ),
    dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюя",
            [
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "z",
                "z",
                "i",
                "j",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "h",
                "c",
                "ch",
                "sh",
                "sch",
                "",
                "y",
                "",
                "e",
                "ju",
                "ja",
            ],
            strict=True,
        )
    ),
)
_ADJECTIVE_IN_LATIN = ("ый", ("y", "yy", "yi", "yj", "iy"))


def inflected(name: str) -> set[str]:
    """Case forms of a name in the nominative, and both orders of adjective and noun.

    >>> sorted(inflected("серная кислота"))[:3]
    ['кислота серная', 'кислоте серной', 'кислотой серной']
    """
    words = name.lower().split()
    if not words or len(words) > 6 or not re.search("[а-я]{3}", words[-1]):
        return set()
    columns = _word_forms(words)
    forms = set()
    for case in range(-1, _CASES):
        row = [
            word if case < 0 else cases[case] for word, cases in zip(words, columns, strict=True)
        ]
        forms.add(" ".join(row))
        if (len(row) == 2 and _adjective(words[0])) or (len(row) == 2 and _adjective(words[1])):
            forms.add(f"{row[1]} {row[0]}")
    return forms - {name.lower()}


def _word_forms(words: list[str]) -> list[tuple[str, ...]]:
    """The five cases of each word: adjectives and the first noun agree, the rest stays."""
    columns: list[tuple[str, ...]] = []
    is_head_seen = False
    for word in words:
        forms = _adjective(word)
        if not forms and not is_head_seen:
            forms = _noun(word)
            is_head_seen = True
        columns.append(forms or (word,) * _CASES)
    return columns


def _adjective(word: str) -> tuple[str, ...]:
    return _with_endings(word, _ADJECTIVES) if len(word) > 4 else ()


def _noun(word: str) -> tuple[str, ...]:
    if len(word) < 4:
        return ()
    if _CONSONANT.search(word):
        return tuple(word + ending for ending in _AFTER_CONSONANT)
    return _with_endings(word, _NOUNS)


def _with_endings(word: str, table: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    for ending, cases in table:
        if word.endswith(ending):
            return tuple(word[: -len(ending)] + case for case in cases)
    return ()


def in_latin(name: str) -> set[str]:
    """Spellings of a Russian name in Latin letters, after the habits of trade papers.

    >>> "uksusny angidrid" in in_latin("уксусный ангидрид")
    True
    """
    lowered = name.lower().replace("ё", "е")
    spellings = set()
    ending, replacements = _ADJECTIVE_IN_LATIN
    for scheme in _LATIN_SCHEMES:
        for replacement in replacements if ending in lowered else ("",):
            latin = re.sub(ending + r"\b", replacement, lowered)
            spellings.add("".join(scheme.get(char, char) for char in latin))
    return {spelling for spelling in spellings if spelling.isascii()}
