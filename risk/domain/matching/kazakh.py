"""Case endings of Kazakh names of substances."""

_CASE_ENDINGS = (
    "ның", "нің", "дың", "дің", "тың", "тің", "ны", "ні", "ды", "ді", "ты", "ті", "на", "не",
    "ға", "ге", "қа", "ке", "нан", "нен", "дан", "ден", "тан", "тен", "мен", "бен", "пен", "н",
)  # fmt: skip


def inflected(name: str) -> set[str]:
    """The name with each case ending at its last word, whichever vowel harmony asks for.

    >>> "ацетонның" in inflected("ацетон")
    True
    """
    lowered = name.lower()
    if len(lowered) < 4 or not lowered[-1].isalpha():
        return set()
    return {lowered + ending for ending in _CASE_ENDINGS}
