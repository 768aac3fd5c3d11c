"""Files as customs really send them, through the whole pipeline."""

import json
import random
from pathlib import Path

import pytest
from django.conf import settings

from shipments.domain.formats import FORMATS
from shipments.models import Declaration, GoodsItem
from shipments.models.choices import BatchState
from targeting.models import Alert
from tests.integration.conftest import declaration

FIXTURES = Path(settings.TARGETING["FIXTURES_DIR"]) / "declarations"
ANHYDRIDE = {"description": "АНГИДРИД УКСУСНЫЙ, CAS 108-24-7", "commodity_code": "2915240000"}


def fixture(key: str, name: str) -> tuple[bytes, dict]:
    (path,) = (FIXTURES / key).glob(f"{name}.*")
    return path.read_bytes(), json.loads((FIXTURES / key / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("key", [intake_format.key for intake_format in FORMATS])
def test_file_when_sent_then_every_declaration_is_stored(take_in, key: str) -> None:
    content, expected = fixture(key, "ok")
    batch = take_in(content, format_key=key, mapping_key=expected.get("mapping", ""))
    declared = [place["declaration"] for place in expected["ok"]]
    assert batch.state == BatchState.DONE
    assert batch.declaration_count == len(declared)
    assert batch.item_count == sum(len(one["items"]) for one in declared)
    stored = set(Declaration.objects.values_list("registration_number", flat=True))
    assert stored == {one["registration_number"] for one in declared}


@pytest.mark.parametrize("key", [intake_format.key for intake_format in FORMATS])
def test_file_when_broken_then_the_receipt_tells_each_place(take_in, key: str) -> None:
    content, expected = fixture(key, "broken")
    batch = take_in(content, format_key=key, mapping_key=expected.get("mapping", ""))
    told = [issue for place in expected["broken"] for issue in place["issues"]]
    assert batch.state == BatchState.DONE
    assert batch.issues.count() == len(told)
    columns = {line.split(" | ")[4] for line in told if len(line.split(" | ")) > 4}
    assert set(batch.issues.exclude(column="").values_list("column", flat=True)) == columns


def test_acetone_of_an_xml_declaration_raises_an_alert(take_in) -> None:
    take_in(fixture("eaeu", "ok")[0], format_key="eaeu")
    item = GoodsItem.objects.get(description__startswith="АЦЕТОН")
    assert item.matches.filter(is_flagged=True).exists()


def test_unregistered_message_when_laid_out_anew_then_unchanged(take_in) -> None:
    content = fixture("eaeu", "ok")[0]
    take_in(content, format_key="eaeu")
    again = take_in(content.replace(b"\n  ", b"\n\t"), format_key="eaeu")
    assert (again.declaration_count, again.unchanged_count) == (0, 2)


@pytest.mark.parametrize("seed", range(5))
def test_versions_when_shuffled_and_repeated_then_the_same_state(take_in, seed: int) -> None:
    order = [1, 2, 3, 4] * 2
    random.Random(seed).shuffle(order)
    for version in order:
        take_in([declaration(version=version, item={**ANHYDRIDE, "net_mass_kg": str(version)})])
    chain = dict(Declaration.objects.values_list("version", "supersedes__version"))
    assert chain == {1: None, 2: 1, 3: 2, 4: 3}
    current = Declaration.objects.current().get()
    assert (current.version, current.items.get().net_mass_kg) == (4, 4)
    assert Alert.objects.get().declaration == current
