"""Texts that name nothing listed, told by their runs alone: most goods are shoes and telephones.

Runs between spaces repeat from line to line, so what each can be part of is found once. A text
is quiet when no run holds anything of a listed substance, no two neighbours hold a name between
them, and no neighbours that are each near a word of a name are a misspelt name together. All other
texts are read; so a quiet one costs one look-up a run, and the answer is the same.
"""

import re
from collections.abc import Sequence

from risk.domain.matching.chinese_slips import has_ideographs
from risk.domain.matching.coordinated import may_share
from risk.domain.matching.formulas import find_formulas
from risk.domain.matching.identifiers import may_be_of_number, parts_figures
from risk.domain.matching.keyboard import KeyboardLayout
from risk.domain.matching.lexicon import Lexicon
from risk.domain.matching.lookalikes import is_mixed
from risk.domain.matching.names import FuzzyNames
from risk.domain.matching.normalise import HARD, Normalised, normalise
from risk.domain.matching.runs import PIECES, Piece, without_first
from risk.domain.matching.structure import may_write_structure

# What a run is: bits, 0 for nothing of interest.
_LOUD, _OPEN, _NEAR, _BEHIND_FIGURE, _BEFORE_FIGURE, _DROPPED = 1, 2, 4, 8, 16, 32
_MEMORY_SIZE = 100_000
_LONGEST_KEPT = 80
_SHORTEST_OPENING = 2
_PHRASE_ENDS = ",.;:"
# Such signs make no number, formula or structure.
_ARTICLE = re.compile(r"(?:[A-Z]{1,4}-)?\d{1,9}[,.;:]?", re.ASCII)
# Words of which the rest of a text makes something.
_TELLING = re.compile(
    r"[cск][aа][sѕс]|^un|оон|бұұ|smiles|structure|структура|acid|кислот|қышқыл",
    re.IGNORECASE,
)


class QuietRuns(dict[str, int]):
    """What runs are, made when first asked for.

    ``_LOUD``: the text must be read. ``_OPEN``: a name may begin at its end and go on.
    ``_NEAR``: near a word of a listed name, but no misspelt name by itself. ``_BEHIND_FIGURE``,
    ``_BEFORE_FIGURE``: loud there. ``_DROPPED``: signs that leave its neighbours side by side.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        others: Sequence[Lexicon],
        fuzzy: FuzzyNames,
        keyboard: KeyboardLayout,
    ) -> None:
        super().__init__()
        self._others = tuple(others)
        self._lexicons = (lexicon, *others)
        self._fuzzy = fuzzy
        self._keyboard = keyboard
        self._apart: set[tuple[str, str]] = set()
        self._together: dict[tuple[str, ...], bool] = {}

    def is_known(self, text: str) -> bool | None:
        """Whether ``text`` names nothing, as far as its runs were met before; None where one is
        new and none of the others is loud. A line break may join what it parts, so such a text
        is read.
        """
        if "\n" in text:
            return False
        runs = text.split()
        known = list(map(self.get, runs))
        if None in known:
            return False if any(one and one & _LOUD for one in known) else None
        return self._are_quiet(runs)

    def are_all_of(self, text: Normalised) -> bool:
        """Whether ``text``, in which the lexicon found no name, names nothing. New runs are judged
        unless a name of the others stands in it: then it is read anyway."""
        if any(lexicon.holds_name(text) for lexicon in self._others):
            return False
        return self._are_quiet(text.original.split())

    def _are_quiet(self, runs: Sequence[str]) -> bool:
        before, was = "", 0
        near: list[str] = []
        for run in runs:
            known = self[run]
            if known or was:
                if known & _LOUD or (was and not self._are_apart(before, was, run)):
                    return False
                if known & _BEHIND_FIGURE and before[-1:].isdecimal():
                    return False
                if known & _DROPPED:
                    continue
                if known & _NEAR:
                    near.append(run)
                elif near:
                    if len(near) > 1 and not self._are_quiet_together(tuple(near)):
                        return False
                    near = []
            before, was = run, known
        return len(near) < 2 or self._are_quiet_together(tuple(near))

    def _are_apart(self, run: str, known: int, following: str) -> bool:
        """Whether the end of a run makes nothing with the next one."""
        if known & _BEFORE_FIGURE and following[0].isdigit():
            return False
        return (
            not known & _OPEN
            or (run, following) in self._apart
            or self._is_no_name_over(run, following)
        )

    def __missing__(self, run: str) -> int:
        known = self._judged(run)
        if len(run) <= _LONGEST_KEPT:
            if len(self) >= _MEMORY_SIZE:
                self.clear()
            self[run] = known
        return known

    def _judged(self, run: str) -> int:
        piece = PIECES[None][run]
        if not piece.is_settled:
            return self._judged_by_signs(run)
        if _ARTICLE.fullmatch(run) and not _TELLING.search(run):
            return self._judged_by_names(run, [piece])
        if not run.rstrip(_PHRASE_ENDS).isalpha():
            return self._judged_by_signs(run)
        if _TELLING.search(run) or has_ideographs(run) or self._keyboard.is_name(run):
            return _LOUD
        first, last, word = piece.words[0]
        if any(piece.boundaries[first + 1 : last]):
            return self._judged_by_signs(run)
        if any(lexicon.begins(word) for lexicon in self._lexicons):
            return self._judged_by_names(run, [piece])
        return self._judged_by_nearness(run, [piece], 0)

    def _judged_by_signs(self, run: str) -> int:
        if may_be_of_number(run) or may_write_structure(run) or may_share(run):
            return _LOUD
        if has_ideographs(run) or self._keyboard.is_name(run) or any(find_formulas(run)):
            return _LOUD
        goes_on, may_go_on = parts_figures(run)
        known = _BEHIND_FIGURE if goes_on else 0
        piece = PIECES[None][run]
        if not piece.squeezed:
            return known | _DROPPED
        if may_go_on or (run[-1] == "," and not piece.is_settled):
            known |= _BEFORE_FIGURE
        pieces = _pieces(run)
        return self._judged_by_names(run, pieces, known) if pieces else _LOUD

    def _judged_by_names(self, run: str, pieces: list[Piece], known: int = 0) -> int:
        for piece in pieces:
            text = Normalised(run, [piece], [0])
            if any(lexicon.holds_name(text) for lexicon in self._lexicons):
                return _LOUD
            if any(any(lexicon.open_ends(text)) for lexicon in self._lexicons):
                known |= _OPEN
        return self._judged_by_nearness(run, pieces, known)

    def _judged_by_nearness(self, run: str, pieces: list[Piece], known: int) -> int:
        if not self._fuzzy.may_hold(pieces[-1]):
            return known
        if len(pieces) > 1 or self._fuzzy.find(Normalised(run, pieces, [0]), ()):
            return _LOUD
        return known | _NEAR

    def _is_no_name_over(self, run: str, following: str) -> bool:
        """Whether no name begins at the end of one run and goes on into the next."""
        behind = _pieces(following)
        for lexicon in self._lexicons:
            for piece in _pieces(run):
                for end in lexicon.open_ends(Normalised(run, [piece], [0])):
                    for one in behind:
                        if lexicon.begins(end + one.squeezed[0]) and lexicon.goes_on(
                            end, Normalised(following, [one], [0])
                        ):
                            return False
        if len(self._apart) >= _MEMORY_SIZE:
            self._apart.clear()
        self._apart.add((run, following))
        return True

    def _are_quiet_together(self, runs: tuple[str, ...]) -> bool:
        """Whether neighbours near words of names are no misspelt name together."""
        known = self._together.get(runs)
        if known is None:
            text = normalise(" ".join(runs))
            known = not self._fuzzy.find(text, ())
            if len(self._together) >= _MEMORY_SIZE:
                self._together.clear()
            self._together[runs] = known
        return known


def _pieces(run: str) -> list[Piece]:
    """What a run becomes in any text, but in front of a figure: one that opens a bracket with its
    separator or without; none where it depends on more."""
    piece = PIECES[None][run]
    if piece.is_settled:
        return [piece]
    if run[-1] == ")" or is_mixed(run) or len(piece.squeezed) < _SHORTEST_OPENING:
        return []
    if piece.squeezed[0] != HARD:
        return [piece]
    return [piece, without_first(piece)] if run[0] == "(" else []
