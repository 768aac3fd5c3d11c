"""Words of a normalised text, and their runs between the signs that end a phrase."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from risk.domain.matching.characters import HARD
from risk.domain.matching.normalise import Normalised
from risk.domain.matching.pieces import MAX_LENGTH

# (first, last, squeezed word); a comma or bracket stays at the end of its word as ``HARD``.
Word = tuple[int, int, str]

# A misspelt name has at least so many characters, and at most MAX_WORDS words.
MIN_LENGTH = 6
MAX_WORDS = 6
# Words on either side of a name that may make a longer innocent name of it.
MAX_AROUND = 2
# Separators that also stand inside names: "phosphorus (red)", "acid, phenylacetic".
_INSIDE_NAMES = frozenset(",，、()（）")


def runs_of(text: Normalised) -> Iterator[list[Word]]:
    """Runs of words; a comma or bracket ends none, as index names have them inside."""
    yield from runs_between(text, 0, len(text.pieces))


def words_at(text: Normalised, first: int, last: int, around: int) -> tuple[list[Word], int, int]:
    """The run that holds the place, cut to ``around`` words on either side of it.

    Also the indexes of the first word of the place and of the first behind it.
    """
    from_piece = max(0, bisect_right(text.firsts, first) - 1 - around)
    to_piece = bisect_right(text.firsts, last - 1) + around
    for run in runs_between(text, from_piece, min(len(text.pieces), to_piece)):
        inside = [at for at, word in enumerate(run) if word[0] < last and first < word[1]]
        if inside:
            begin = max(0, inside[0] - around)
            end = inside[-1] + 1 + around
            return run[begin:end], inside[0] - begin, inside[-1] + 1 - begin
    return [], 0, 0


def runs_between(text: Normalised, from_piece: int, to_piece: int) -> Iterator[list[Word]]:
    """Runs of words among the pieces from one up to another."""
    run: list[Word] = []
    for at in range(from_piece, to_piece):
        begin, piece = text.firsts[at], text.pieces[at]
        for start, end, word in piece.words:
            if word != HARD:
                run.append((begin + start, begin + end, word))
            elif run and text.original[text.offsets[at] + piece.starts[start]] in _INSIDE_NAMES:
                first, last, before = run[-1]
                run[-1] = (first, last, before + HARD)
            elif run:
                yield run
                run = []
    if run:
        yield run


def windows(run: Sequence[Word]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """All windows of at most MAX_WORDS words."""
    for start in range(len(run)):
        for stop in range(start + 1, min(len(run), start + MAX_WORDS) + 1):
            first, last = run[start][0], run[stop - 1][1]
            if last - first > MAX_LENGTH:
                break
            if last - first >= MIN_LENGTH - 1:
                words = [word for _, _, word in run[start:stop]]
                words[-1] = words[-1].rstrip(HARD)
                yield first, last, tuple(words)


def windows_around(
    run: Sequence[Word],
    left: int,
    right: int,
    first: int,
    last: int,
    may_belong: Callable[[str], bool],
) -> Iterator[tuple[str, ...]]:
    """Windows longer than the place, by words on either side that may belong to a name;
    ``run``, ``left`` and ``right`` are what ``words_at`` told of the place."""
    start, stop = left, right
    while start > 0 and may_belong(run[start - 1][2]):
        start -= 1
    while stop < len(run) and may_belong(run[stop][2]):
        stop += 1
    yield from _longer(run, (start, left), (right, stop), first, last)


def windows_in_phrase(
    run: Sequence[Word], left: int, right: int, first: int, last: int
) -> Iterator[tuple[str, ...]]:
    """Windows longer than the place by words on either side, none beyond a comma, where other
    goods of a list begin; without the comma at their end."""
    if any(run[at][2][-1] == HARD for at in range(left, right - 1)):
        return
    start, stop = left, right
    while start > 0 and run[start - 1][2][-1] != HARD:
        start -= 1
    while stop < len(run) and (stop == 0 or run[stop - 1][2][-1] != HARD):
        stop += 1
    for words in _longer(run, (start, left), (right, stop), first, last):
        yield (*words[:-1], words[-1].rstrip(HARD))


def _longer(
    run: Sequence[Word], starts: tuple[int, int], stops: tuple[int, int], first: int, last: int
) -> Iterator[tuple[str, ...]]:
    """Windows that start and stop within these bounds, nearest first, and are longer than the
    place."""
    for start in range(starts[1], starts[0] - 1, -1) if run else ():
        for stop in range(stops[0], stops[1] + 1):
            begin, end = run[start][0], run[stop - 1][1]
            if (begin < first or end > last) and end - begin <= MAX_LENGTH:
                yield tuple([word for _, _, word in run[start:stop]])
