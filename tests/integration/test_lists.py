"""Control lists in the database: editions, idempotence, refusal as a whole."""

import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from risk.models import ControlList, ListEdition, ListEntry, Substance, SubstanceName
from risk.models.choices import EditionState
from risk.selectors.lists import lists_in_force

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LISTS = Path(settings.TARGETING["FIXTURES_DIR"]) / "lists"
LIST = "UN1988-T2"
TODAY = date(2026, 3, 1)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of one shipped list, to change."""
    return Path(shutil.copytree(LISTS / LIST.lower(), tmp_path / LIST))


def _load(*folders: Path) -> str:
    output = StringIO()
    call_command("load_substance_list", *map(str, folders), stdout=output)
    return output.getvalue()


def test_fifteen_lists_are_in_force_and_inferred_ones_are_not_verified() -> None:
    editions = ListEdition.objects.filter(state=EditionState.APPROVED)
    assert editions.count() == ControlList.objects.count() == 15
    unverified = set(editions.filter(verified_by="").values_list("control_list__code", flat=True))
    assert {"KZ-470-T4", "EAEU-30-2.12", "RU-681-L4"} <= unverified
    assert "UN1988-T1" not in unverified
    assert ListEntry.objects.count() == 717


def test_loading_again_changes_nothing() -> None:
    before = (
        ListEdition.objects.count(),
        ListEntry.objects.count(),
        SubstanceName.objects.count(),
        lists_in_force(TODAY).digest,
    )
    output = _load()
    assert output.count("unchanged") == 15
    assert "0 new names" in output
    assert before == (
        ListEdition.objects.count(),
        ListEntry.objects.count(),
        SubstanceName.objects.count(),
        lists_in_force(TODAY).digest,
    )


def test_changed_list_is_a_new_edition_and_the_old_one_stays(folder) -> None:
    entries = folder / "entries.csv"
    entries.write_text(entries.read_text().replace("general knowledge", "compared by hand"))
    assert "edition 2" in _load(folder)
    first, second = ListEdition.objects.filter(control_list__code=LIST).order_by("number")
    assert (first.state, second.state) == (EditionState.SUPERSEDED, EditionState.APPROVED)
    assert first.entries.count() == second.entries.count() == 11
    assert lists_in_force(TODAY).editions[LIST] == 2


def test_wrong_rows_refuse_the_list_with_file_line_column_and_value(folder) -> None:
    entries = folder / "entries.csv"
    entries.write_text(
        entries.read_text().replace("67-64-1", "67-64-2").replace("2914110000", "29")
    )
    with pytest.raises(CommandError) as refusal:
        _load(folder)
    assert "entries.csv:" in str(refusal.value)
    assert "'67-64-2'" in str(refusal.value)
    assert ListEdition.objects.filter(control_list__code=LIST).count() == 1


def test_one_substance_is_one_record_in_all_lists() -> None:
    acetone = Substance.objects.get(key="acetone")
    codes = acetone.entries.values_list("edition__control_list__code", flat=True)
    assert {"UN1988-T2", "KZ-470-T4", "RU-681-L4"} <= set(codes)
    assert acetone.identifiers.get(kind="cas").value == "67-64-1"
    assert acetone.names.filter(lang="ru", name__iexact="ацетон").exists()
