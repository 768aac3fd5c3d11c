"""Names compiled once and kept on disk; a screener that is replaced leaves nothing behind."""

import gc
import weakref
from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.compiled import lasting_objects
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
    written = kept.stat().st_mtime_ns
    second = screener_with(tmp_path)
    assert kept.stat().st_mtime_ns == written
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
