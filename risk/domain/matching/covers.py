"""Cover names: innocent wording that, under its code, has stood for a listed substance."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from risk.domain.matching.lexicon import Lexicon, NameRef
from risk.domain.matching.normalise import normalise
from risk.domain.matching.vocabulary import compile_vocabulary, squeezed_key
from risk.domain.substances import CoverName, SubstanceName

# Worth showing, never an alert by itself: most goods so declared are what they are said to be.
COVER_NAME_SCORE = 0.40


class CoverNames:
    """Finds cover names of the listed substances; compiled when first asked."""

    def __init__(self, covers: Iterable[CoverName], listed: Iterable[str]) -> None:
        known = frozenset(listed)
        self.covers = tuple(cover for cover in covers if cover.substance_key in known)
        self._codes: dict[tuple[str, str], set[str]] = defaultdict(set)
        names: dict[tuple[str, str], SubstanceName] = {}
        for cover in self.covers:
            key, _ = squeezed_key(cover.name)
            name = names.setdefault((cover.substance_key, key), as_name(cover))
            self._codes[cover.substance_key, name.name].add(cover.commodity_code)
        self.lexicon = Lexicon(compile_vocabulary(list(names.values()), ()))

    def find(self, text: str, commodity_code: str) -> Iterator[tuple[int, int, NameRef]]:
        """Spans (offsets in ``text``) and names whose code the declared one begins with."""
        if not self.covers or not commodity_code:
            return
        code = "".join(filter(str.isdigit, commodity_code))
        if not code:
            return
        normalised = normalise(text)
        for found in self.lexicon.find(normalised):
            start, end = normalised.span(found.first, found.last)
            for ref in found.term.refs:
                if code.startswith(tuple(self._codes[ref.substance_key, ref.name])):
                    yield start, end, ref


def as_name(cover: CoverName) -> SubstanceName:
    """The cover name as the compiler of names takes it."""
    return SubstanceName(
        substance_key=cover.substance_key, name=cover.name, lang=cover.lang, kind="common"
    )
