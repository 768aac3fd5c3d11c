"""Systematic names that nobody lists → structures, through OPSIN where Java is present.

OPSIN starts a Java machine (about a second a call, thousands of names in two), so it never
runs inside a single call of the engine: names are learned in batches, and the engine looks
up what was learned.
"""

import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

# A word between spaces; longer ones are no names. Linear: a match starts at a word only.
_WORD = re.compile(r"(?<!\S)\S{3,200}(?!\S)")
# At least one locant joined to letters: "1-phenylpropan-2-one", "N,N-dimethyl…", "(1R,2S)-".
_HAS_LOCANT = re.compile(r"(?:\d|[NOS]|[rRsSeEzZ]\))-[(\[]*[A-Za-z]|[a-z]-\d")
_HAS_MORPHEME = re.compile(
    r"yl|ylidene|ane|ene|yne|ol|al|one|oic|oate|amine|amide|imine|nitrile|oxy|oxo|hydroxy|amino"
    r"|chloro|bromo|fluoro|iodo|nitro|phenyl|benzo|pyrid|piperid|oxiran|dioxol"
)
_GROUP_BEFORE = re.compile(r"(?<!\S)(?:(?:tert|sec|iso|n)-?)?[a-z]{2,12}yl $")
_REST_AFTER = re.compile(
    r" (?:acid|chloride|bromide|hydrochloride|hydrate|[a-z]{2,12}ate)(?![\w-])"
)
_MAX_GROUP, _MIN_NAME = 18, 8
_UNWRITABLE = re.compile(r"[^\x20-\x7e]")


class OpsinMissing(RuntimeError):
    """Java is not on this machine: systematic names are not read, everything else is."""

    def __init__(self) -> None:
        super().__init__(
            "systematic names are not turned into structures: no `java` on PATH;"
            " install a Java runtime (8 or later) to have them"
        )


def systematic_spans(text: str) -> Iterator[tuple[int, int]]:
    """Places in ``text`` that look like a systematic English name, with the group before it
    ("tert-butyl …") and the rest behind it ("… acid"); linear time."""
    if "-" not in text:
        return
    for found in _WORD.finditer(text):
        name = found[0].rstrip(".,;:")
        if not _HAS_LOCANT.search(name) or not _HAS_MORPHEME.search(name.lower()):
            continue
        start, end = found.start(), found.start() + len(name)
        before = _GROUP_BEFORE.search(text, max(0, start - _MAX_GROUP), start)
        after = _REST_AFTER.match(text, end) if name == found[0] else None
        start, end = before.start() if before else start, after.end() if after else end
        if end - start >= _MIN_NAME:
            yield start, end


def is_opsin_present() -> bool:
    """Whether names can be turned into structures on this machine."""
    return shutil.which("java") is not None


def opsin_smiles(names: Iterable[str]) -> dict[str, str]:
    """SMILES of systematic names, one Java start for all; blank where OPSIN reads none.

    Raises OpsinMissing without Java.
    """
    wanted = [name for name in dict.fromkeys(names) if name and not _UNWRITABLE.search(name)]
    if not is_opsin_present():
        raise OpsinMissing
    if not wanted:
        return {}
    # Both are slow to import and only needed here.
    from py2opsin import py2opsin  # type: ignore[import-untyped] # ships no types

    with tempfile.TemporaryDirectory(prefix="opsin-") as folder, warnings.catch_warnings():
        # It warns of every name that it cannot read: most of ours, and the answer says so.
        warnings.simplefilter("ignore", RuntimeWarning)
        found = py2opsin(wanted, tmp_fpath=str(Path(folder) / "names.txt"))
    if not isinstance(found, list) or len(found) != len(wanted):
        return dict.fromkeys(wanted, "")
    return dict(zip(wanted, found, strict=True))
