"""Every code that a reader of declarations can raise is in the guide."""

import re
from pathlib import Path

from shipments.domain.values import IdentifierKind

ROOT = Path(__file__).parents[3]
RAISED = re.compile(r'(?:InvalidValue|UnreadableFile)\(\s*"([a-z_]+)"')
# Raised by functions that intake does not call.
NOT_OF_INTAKE = {"cas_rn_invalid", "unit_not_mass"}


def test_codes_when_raised_then_documented() -> None:
    guide = (ROOT / "docs" / "declaration-format.md").read_text(encoding="utf-8")
    domain = ROOT / "shipments" / "domain"
    sources = [*domain.glob("formats/*.py"), domain / "values.py", domain / "units.py"]
    codes = {code for path in sources for code in RAISED.findall(path.read_text("utf-8"))}
    codes |= {f"{kind.value}_invalid" for kind in IdentifierKind}
    undocumented = {code for code in codes - NOT_OF_INTAKE if f"`{code}`" not in guide}
    assert len(codes) > 30
    assert undocumented == set()
