"""Each example in the verdict tables of docs/matching.md, screened over the shipped lists."""

from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import SubstanceEvidence, Verdict
from tests.unit.matching.conftest import FIXTURES

DOCUMENT = (Path(__file__).parents[3] / "docs" / "matching.md").read_text(encoding="utf-8")
RU, UN, KZ = "RU-681-L4", "UN1988-T2", "KZ-470-T4"
ABOVE, BELOW, NOT_STATED, NOT_LIMITED = (
    Verdict.ABOVE, Verdict.BELOW, Verdict.NOT_STATED, Verdict.NOT_LIMITED,
)  # fmt: skip
# How it stands in the document, the text, the lists, the verdict of each, that of the row.
EXAMPLES = (
    (f'"ацетон 60 %" on {RU}', "ацетон 60 %", (RU,), (ABOVE,), ABOVE),
    ('else `below`: "ацетон 40 %"', "ацетон 40 %", (RU,), (BELOW,), BELOW),
    (f'"acetone 5 %" on {UN}', "acetone 5 %", (UN,), (ABOVE,), ABOVE),
    ('`not_limited`: "acetone"', "acetone", (UN,), (NOT_LIMITED,), NOT_LIMITED),
    (f'unknown: "ацетон 99 %" on {KZ}', "ацетон 99 %", (KZ,), (NOT_STATED,), NOT_LIMITED),
    ('unknown: "ацетон" |', "ацетон", (KZ,), (NOT_STATED,), NOT_LIMITED),
    (f'"acetone 5 %" on {RU} and {UN}', "acetone 5 %", (RU, UN), (BELOW, ABOVE), ABOVE),
    (f'"ацетон 99 %" on {KZ} only', "ацетон 99 %", (KZ,), (NOT_STATED,), NOT_LIMITED),
    (f'"acetone" on {UN}', "acetone", (UN,), (NOT_LIMITED,), NOT_LIMITED),
    (f'"ацетон" on {RU}', "ацетон", (RU,), (NOT_STATED,), NOT_STATED),
    (f'"ацетон 40 %" on {RU} and {KZ}', "ацетон 40 %", (RU, KZ), (BELOW, NOT_STATED), BELOW),
)


@pytest.fixture(scope="module")
def screeners() -> dict[tuple[str, ...], Screener]:
    lists = {one.meta.list_code: one for one in read_lists(FIXTURES / "lists")}
    chosen = {codes for _, _, codes, _, _ in EXAMPLES}
    return {
        codes: build_screener([lists[code] for code in codes], FIXTURES / "names")
        for codes in chosen
    }


@pytest.mark.parametrize(("told", "text", "codes", "of_lists", "of_row"), EXAMPLES)
def test_example_when_screened_then_the_verdict_is_that_of_its_cell(
    screeners: dict[tuple[str, ...], Screener],
    told: str,
    text: str,
    codes: tuple[str, ...],
    of_lists: tuple[Verdict, ...],
    of_row: Verdict,
) -> None:
    assert told in DOCUMENT
    found = _of_acetone(screeners[codes].screen(text))
    by_list = {one.list_code: one.verdict for one in found.list_verdicts}
    assert tuple(by_list[code] for code in codes) == of_lists
    assert found.verdict is of_row
    assert found.flagged is (of_row is not BELOW)


def _of_acetone(evidence: tuple[SubstanceEvidence, ...]) -> SubstanceEvidence:
    (found,) = (one for one in evidence if one.substance_key == "acetone")
    return found
