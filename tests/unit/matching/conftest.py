"""One screener over the lists that ship with the project, shared by the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.engine import Screener

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


@pytest.fixture(scope="session")
def screener() -> Screener:
    return build_screener(read_lists(FIXTURES / "lists"), FIXTURES / "names")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No file of the tests stays in the cache of who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield
