"""The command that screens a file against the lists in force."""

import csv

import pytest
from django.core.management import CommandError, call_command

from tests.factories.risk import LawEntryFactory, SubstanceNameFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _listed():
    SubstanceNameFactory()
    LawEntryFactory()


def test_command_when_given_a_file_then_it_writes_the_matches_and_counts_them(tmp_path, capsys):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        'row_id,text,commodity_code\n1,"Уксусный ангидрид,\nбочки",\n2,wool,\n', encoding="utf-8"
    )
    call_command("screen_descriptions", source, target)
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["row_id"], row["substance_key"]) for row in rows] == [("1", "acetic-anhydride")]
    assert "1 matches in 2 rows" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "row_id,text\n1,a\n"])
def test_command_when_the_file_cannot_be_read_then_it_says_why(tmp_path, content):
    source = tmp_path / "in.csv"
    if content is not None:
        source.write_text(content)
    with pytest.raises(CommandError, match=r"No such file|commodity_code is missing"):
        call_command("screen_descriptions", source, tmp_path / "out.csv")
