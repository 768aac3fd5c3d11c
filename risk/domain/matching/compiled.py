"""What the names are compiled to, kept on disk from one process to the next.

Compiling takes seconds and depends on nothing but the names, so the result, vocabulary and
tables of near names, is kept under a digest of the names and of the engine, its version and
its code, in the folder that the caller gives. Reading it takes a tenth of a second.
"""

import contextlib
import functools
import gc
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from risk.domain.matching.met_words import NONE_MET, MetWords, meet_words
from risk.domain.matching.near_names import (
    InnocentTables,
    ListedTables,
    innocent_tables,
    listed_tables,
)
from risk.domain.matching.normalise import HARD
from risk.domain.matching.pieces import MAX_LENGTH, PieceTables, piece_tables
from risk.domain.matching.strength import FAIR, GOOD
from risk.domain.matching.vocabulary import Term, Vocabulary, compile_vocabulary
from risk.domain.matching.words import MIN_LENGTH
from risk.domain.substances import SubstanceName

# A name with locants is a target for typing errors when it is this long.
_DIGITS_MIN_LENGTH = 8
# A weakly sourced name is a target for typing errors only when it is long.
_WEAK_NAME_MIN_LENGTH = 14
# A process uses one file for each choice of lists and period; the rest are of earlier names.
_FILES_KEPT = 8
_FILES, _UNFINISHED = "names-*.msgpack", ".part"
_ABANDONED_S = 3600
_NOT_TYPED = frozenset(("zh", "ja", "ko", "ar", "fa", "zh-pinyin"))


class NearTables(msgspec.Struct, frozen=True, gc=False):
    """What misspelt names are looked up in; ``innocent_words`` are those of innocent names of
    several words, without the signs at their ends."""

    listed: ListedTables
    innocent: InnocentTables
    innocent_words: list[str]
    innocent_word_pieces: PieceTables
    met: MetWords = NONE_MET


class CompiledNames(msgspec.Struct, frozen=True, gc=False):
    """The vocabulary and the tables of its near names."""

    vocabulary: Vocabulary
    near: NearTables


def compile_names(
    names: Sequence[SubstanceName], innocent_names: Sequence[str], goods: Sequence[str] = ()
) -> CompiledNames:
    """The names compiled; seconds for ten thousand of them. With ``goods``, texts of any kind,
    their words and those of the names are looked up beforehand."""
    vocabulary = compile_vocabulary(names, innocent_names)
    tables = near_tables(vocabulary)
    if goods:
        listed = filter(is_typing_target, vocabulary.terms)
        met = meet_words(tables.listed.words, listed, vocabulary.innocents, goods)
        tables = msgspec.structs.replace(tables, met=met)
    return CompiledNames(vocabulary, tables)


def near_tables(vocabulary: Vocabulary) -> NearTables:
    """The tables of the listed names that may be misspelt, and of the innocent ones."""
    innocent_words = {
        word.rstrip(HARD): None
        for term in vocabulary.innocents
        if len(term.words) > 1
        for word in term.words
    }
    return NearTables(
        listed_tables([term for term in vocabulary.terms if is_typing_target(term)]),
        innocent_tables(vocabulary.innocents),
        list(innocent_words),
        piece_tables(innocent_words, most_edits=1),
    )


def is_typing_target(term: Term) -> bool:
    """Whether a name may be matched with typing errors: long, sure, and of one meaning."""
    ref = term.refs[0]
    return (
        len(term.refs) == 1
        and ref.score >= (GOOD if len(term.key) < _WEAK_NAME_MIN_LENGTH else FAIR)
        and MIN_LENGTH <= len(term.key) <= MAX_LENGTH
        and (len(term.key) >= _DIGITS_MIN_LENGTH or term.key.isalpha())
        and not ref.substance_key.startswith("eq-")
        and ref.lang not in _NOT_TYPED
    )


def load_or_compile(
    names: Sequence[SubstanceName],
    innocent_names: Sequence[str],
    version: str,
    folder: Path | None,
    goods: Sequence[str] = (),
) -> CompiledNames:
    """The names from ``folder`` if they were compiled before, else compiled and kept there.

    The file holds data only (MessagePack), never code. Without a folder, or where it cannot
    be written, nothing is kept. With each new file all but the last used ones go.
    """
    if folder is None:
        return compile_names(names, innocent_names, goods)
    encoder = msgspec.msgpack.Encoder()
    said = (tuple(names), tuple(innocent_names), tuple(goods))
    content = encoder.encode((version, _code_digest(), *said))
    path = folder / f"names-{hashlib.sha256(content).hexdigest()}.msgpack"
    with contextlib.suppress(OSError, msgspec.DecodeError):
        known = msgspec.msgpack.decode(path.read_bytes(), type=CompiledNames)
        with contextlib.suppress(OSError):
            os.utime(path)
        return known
    compiled = compile_names(names, innocent_names, goods)
    with contextlib.suppress(OSError):
        _write(path, encoder.encode(compiled))
    return compiled


@functools.cache
def _code_digest() -> str:
    """Of the modules beside this one: who changes how names are compiled meets no old file."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


@contextlib.contextmanager
def lasting_objects() -> Iterator[None]:
    """For making a million objects that stay: the garbage collector neither searches them
    meanwhile nor ever after. They go by their reference counts, so they must form no cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all: another process may read at this moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(_UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    _remove_unused(path)


def _remove_unused(written: Path) -> None:
    """Keep the files used last, ``written`` among them; and what a killed process left goes.

    Another process is not harmed: what it has opened it reads to the end, and what it misses
    it compiles anew.
    """
    used: dict[Path, float] = {}
    for path in written.parent.iterdir():
        with contextlib.suppress(OSError):
            used[path] = path.stat().st_mtime
    kept = sorted((path for path in used if path.match(_FILES)), key=used.__getitem__)
    now = used.get(written, 0.0)
    left = [path for path in used if path.suffix == _UNFINISHED and used[path] < now - _ABANDONED_S]
    for path in (*kept[:-_FILES_KEPT], *left):
        if path != written:
            with contextlib.suppress(OSError):
                path.unlink()
