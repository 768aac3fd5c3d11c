"""Names compiled once and kept on disk; a screener that is replaced leaves nothing behind."""

import gc
import os
import weakref
from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.compiled import lasting_objects, load_or_compile
from risk.domain.matching.engine import Screener

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
TEXTS = (
    "acteone 99 %",
    "methylethylktone",
    "ангидрид уксуснй",
    "ethylamine",
    "丙酮",
    "fenilacetat",
)


def screener_with(cache: Path) -> Screener:
    lists = [one for one in read_lists(FIXTURES / "lists") if one.meta.list_code == "UN1988-T2"]
    assert lists
    return build_screener(lists, FIXTURES / "names", cache)


def test_screening_when_names_were_compiled_before_then_it_says_the_same(tmp_path):
    first = screener_with(tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_ino
    second = screener_with(tmp_path)
    assert kept.stat().st_ino == written
    assert [first.explain(text) for text in TEXTS] == [second.explain(text) for text in TEXTS]
    assert any(first.screen(text) for text in TEXTS)


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x92\x90\x90"])
def test_compiled_file_when_it_is_damaged_then_it_is_written_anew(tmp_path, content):
    expected = screener_with(tmp_path).screen("acteone")
    (kept,) = tmp_path.iterdir()
    size = kept.stat().st_size
    kept.write_bytes(content)
    assert screener_with(tmp_path).screen("acteone") == expected
    assert kept.stat().st_size == size


def test_screener_when_it_is_replaced_then_it_goes_without_the_garbage_collector(tmp_path):
    screener = screener_with(tmp_path)
    screener.screen("CC(=O)OC(C)=O acteone structure: CC(C)=O")
    watched = [weakref.ref(screener), weakref.ref(screener.structures)]
    gc.disable()
    try:
        del screener
        assert [one() for one in watched] == [None, None]
    finally:
        gc.enable()


@pytest.mark.parametrize("was_enabled", [True, False])
def test_collector_when_an_error_ends_the_pause_then_it_is_as_before(was_enabled):
    if not was_enabled:
        gc.disable()
    try:
        with pytest.raises(ValueError, match="stopped"):
            _stop_while_paused()
        assert gc.isenabled() is was_enabled
    finally:
        gc.enable()


def _stop_while_paused() -> None:
    with lasting_objects():
        assert not gc.isenabled()
        raise ValueError("stopped")


def test_compiled_files_when_more_come_then_those_used_last_stay(tmp_path):
    used = []
    for number in range(10):
        load_or_compile((), (), f"engine-{number}", tmp_path)
        (new,) = set(tmp_path.iterdir()) - set(used)
        os.utime(new, (1_000 + number, 1_000 + number))
        used.append(new)
        if number == 7:
            # Read again, so it outlives those written after it.
            load_or_compile((), (), "engine-0", tmp_path)
    assert set(tmp_path.iterdir()) == {used[0], *used[3:]}


def test_compiled_files_when_a_process_died_while_writing_then_only_its_old_rest_goes(tmp_path):
    old, young, other = (tmp_path / name for name in ("a.part", "b.part", "names.csv"))
    for path in (old, young, other):
        path.write_bytes(b"")
    os.utime(old, (1_000, 1_000))
    os.utime(other, (1_000, 1_000))
    load_or_compile((), (), "engine", tmp_path)
    assert not old.exists()
    assert young.exists()
    assert other.exists()


def test_compiled_file_when_another_process_removes_it_meanwhile_then_names_are_compiled_anew(
    tmp_path, monkeypatch
):
    load_or_compile((), (), "engine", tmp_path)
    read = Path.read_bytes

    def removed_before(path):
        path.unlink()
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", removed_before)
    assert load_or_compile((), (), "engine", tmp_path).vocabulary.terms == []
    monkeypatch.undo()
    assert len(list(tmp_path.iterdir())) == 1
