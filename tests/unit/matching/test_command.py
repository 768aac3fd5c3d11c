"""``python -m risk.domain.matching``: a file in, a row per match out."""

import csv
from pathlib import Path

import pytest

from risk.domain.matching.__main__ import OUTPUT_COLUMNS, main

LISTS = str(Path(__file__).resolve().parents[3] / "fixtures" / "lists")


def write_input(path: Path) -> str:
    path.write_text(
        'row_id,text,commodity_code\n1,"Acetone\n99.5%",2914110000\n2,cotton,\n3,ацетон 40%,\n',
        encoding="utf-8",
    )
    return str(path)


def test_main_when_given_a_file_then_it_writes_one_row_per_match(tmp_path: Path) -> None:
    source, target = write_input(tmp_path / "in.csv"), tmp_path / "out.csv"

    assert main([source, str(target), "--lists", LISTS, "--select", "RU-681-L4"]) == 0

    with target.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
    assert tuple(reader.fieldnames or ()) == OUTPUT_COLUMNS
    assert [(r["row_id"], r["verdict"], r["flagged"], r["lists"]) for r in rows] == [
        ("1", "above", "1", "RU-681-L4"),
        ("3", "below", "0", "RU-681-L4"),
    ]
    assert (rows[0]["start"], rows[0]["end"], rows[0]["concentration_pct"]) == ("0", "7", "99.5")


def test_main_when_a_list_is_unknown_then_it_says_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_input(tmp_path / "in.csv")

    assert main([source, str(tmp_path / "o.csv"), "--lists", LISTS, "--select", "XX"]) == 2
    assert "XX" in capsys.readouterr().err
