"""One screener over the lists that ship with the project, shared by the tests of this folder."""

from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.engine import Screener

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


@pytest.fixture(scope="session")
def screener() -> Screener:
    return build_screener(read_lists(FIXTURES / "lists"), FIXTURES / "names")
