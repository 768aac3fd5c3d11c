"""Words of a normalised text, and their runs between the signs that end a phrase."""

from bisect import bisect_right
from collections.abc import Iterator

from risk.domain.matching.characters import HARD
from risk.domain.matching.normalise import Normalised

# (first, last, squeezed word); a comma or bracket stays at the end of its word as ``HARD``.
Word = tuple[int, int, str]


# Separators that also stand inside names: "phosphorus (red)", "acid, phenylacetic".
_INSIDE_NAMES = frozenset(",，、()（）")


def runs_of(text: Normalised) -> Iterator[list[Word]]:
    """Runs of words; a comma or bracket ends none, as index names have them inside."""
    yield from _runs(text, 0, len(text.pieces))


def words_at(text: Normalised, first: int, last: int, around: int) -> tuple[list[Word], int, int]:
    """The run that holds the place, cut to ``around`` words on either side of it.

    Also the indexes of the first word of the place and of the first behind it.
    """
    from_piece = max(0, bisect_right(text.firsts, first) - 1 - around)
    to_piece = bisect_right(text.firsts, last - 1) + around
    for run in _runs(text, from_piece, min(len(text.pieces), to_piece)):
        inside = [at for at, word in enumerate(run) if word[0] < last and first < word[1]]
        if inside:
            begin = max(0, inside[0] - around)
            end = inside[-1] + 1 + around
            return run[begin:end], inside[0] - begin, inside[-1] + 1 - begin
    return [], 0, 0


def _runs(text: Normalised, from_piece: int, to_piece: int) -> Iterator[list[Word]]:
    run: list[Word] = []
    for at in range(from_piece, to_piece):
        begin, piece = text.firsts[at], text.pieces[at]
        for start, end in piece.words:
            word = piece.squeezed[start:end]
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
