"""The engine as the cases ask it: over the lists that each of them chooses."""

from pathlib import Path

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.engine import Screener
from risk.domain.matching_cases.evaluate import Answer


class ShippedLists:
    """Answers by the lists and names in the folder ``fixtures``; one screener a choice."""

    def __init__(self, fixtures: Path, *, is_calibrated: bool = True) -> None:
        self._is_calibrated = is_calibrated
        self._names = fixtures / "names"
        self._lists = read_lists(fixtures / "lists")
        self._screeners: dict[str, Screener] = {}

    def __call__(self, text: str, commodity_code: str, select: str) -> Answer:
        return self.screener(select).screen(text, commodity_code)

    def screener(self, select: str = "") -> Screener:
        """The screener over these lists (codes joined by ``;``; blank: all)."""
        found = self._screeners.get(select)
        if found is None:
            wanted = set(filter(None, select.split(";")))
            chosen = [one for one in self._lists if not wanted or one.meta.list_code in wanted]
            found = self._screeners[select] = build_screener(
                chosen, self._names, is_calibrated=self._is_calibrated
            )
        return found
