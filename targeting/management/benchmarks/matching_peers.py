"""The usual tools on the same task: the best listed name of a line, with a score in [0, 1]."""

from collections.abc import Callable, Sequence

import numpy as np
from django.db import connection
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

from risk.domain.matching_cases.ranking import Guess
from risk.domain.substances import SubstanceName

_SHORTEST_NAME = 4
_BLOCK = 500
_Scorer = Callable[..., float]


class Names:
    """Listed names in lower case with their substances, as every peer is given them.

    Names under four characters are left out: they would match inside every line.
    """

    def __init__(self, names: Sequence[SubstanceName]) -> None:
        keys = {name.name.lower(): name.substance_key for name in names}
        self.texts = sorted(text for text in keys if len(text) >= _SHORTEST_NAME)
        self.keys = [keys[text] for text in self.texts]


def rapidfuzz_guesses(names: Names, lines: Sequence[str], scorer: _Scorer) -> list[Guess]:
    """``process.extractOne`` over all names."""
    guesses = []
    for line in lines:
        found = process.extractOne(line.lower(), names.texts, scorer=scorer)
        guesses.append(Guess(found[1] / 100, names.keys[found[2]]) if found else Guess(0.0))
    return guesses


def wratio(names: Names, lines: Sequence[str]) -> list[Guess]:
    return rapidfuzz_guesses(names, lines, fuzz.WRatio)


def windowed(names: Names, lines: Sequence[str]) -> list[Guess]:
    """``partial_ratio``: the best window of the line for each name."""
    return rapidfuzz_guesses(names, lines, fuzz.partial_ratio)


def tfidf(names: Names, lines: Sequence[str]) -> list[Guess]:
    """Cosine of character n-grams (2 to 4, inside words), weighted by rarity among names."""
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))
    known = vectoriser.fit_transform(names.texts).T.tocsc()
    guesses: list[Guess] = []
    for start in range(0, len(lines), _BLOCK):
        block = vectoriser.transform([line.lower() for line in lines[start : start + _BLOCK]])
        scores = (block @ known).toarray()
        best = np.argmax(scores, axis=1)
        guesses.extend(
            Guess(float(scores[row, column]), names.keys[column]) for row, column in enumerate(best)
        )
    return guesses


def trigrams(names: Names, lines: Sequence[str]) -> list[Guess]:
    """``word_similarity`` of pg_trgm in the running PostgreSQL."""
    guesses = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_name (name text, substance_key text)")
        cursor.executemany(
            "INSERT INTO bench_name VALUES (%s, %s)",
            list(zip(names.texts, names.keys, strict=True)),
        )
        for line in lines:
            cursor.execute(
                "SELECT word_similarity(name, %s), substance_key FROM bench_name"
                " ORDER BY 1 DESC, name LIMIT 1",
                [line.lower()],
            )
            found = cursor.fetchone()
            guesses.append(Guess(float(found[0]), found[1]))
        cursor.execute("DROP TABLE bench_name")
    return guesses


PEERS: tuple[tuple[str, Callable[[Names, Sequence[str]], list[Guess]]], ...] = (
    ("RapidFuzz WRatio", wratio),
    ("RapidFuzz windowed partial_ratio", windowed),
    ("TF-IDF of character n-grams", tfidf),
    ("pg_trgm word_similarity", trigrams),
)
