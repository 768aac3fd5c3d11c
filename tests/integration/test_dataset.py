"""The shared data set: built in parts, resumed where it was left, found when it is there."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from risk.domain.selection_truth import read_truth
from targeting.management.commands import build_dataset
from targeting.management.datasets import (
    count_items,
    read_digests,
    shared_folder,
    shared_parts,
    write_digests,
)

ITEMS = 3_000


@pytest.fixture(autouse=True)
def folder(tmp_path, settings, monkeypatch) -> Path:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(build_dataset, "PART_BLOCKS", 1)
    return shared_folder()


def build(**options: object) -> None:
    call_command("build_dataset", **({"items": ITEMS, "seed": 5, "processes": 1} | options))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_dataset_when_interrupted_then_it_goes_on_and_gives_the_same_bytes(folder, capsys) -> None:
    assert shared_parts() == []
    build()
    whole, digests = contents(folder), read_digests(folder)
    assert digests.is_complete
    assert len(digests.parts) > 1
    lines = [line for path in shared_parts() for line in path.read_bytes().splitlines()]
    assert count_items(lines) == (sum(part.declarations for part in digests.parts), digests.items)
    with (folder / "million.truth.csv").open(encoding="utf-8", newline="") as stream:
        assert list(read_truth(stream, file="million.truth.csv"))

    build()
    assert "it is there" in capsys.readouterr().out

    # As a builder leaves it that was stopped in its second part.
    side_files = [path for path in folder.iterdir() if not path.name.startswith("part-000")]
    for path in side_files:
        path.unlink()
    build_dataset._generator = build_dataset._generator_of(build_dataset._run_of(5, ITEMS))
    build_dataset._write_part(folder, build_dataset._run_of(5, ITEMS).blocks, 0)
    write_digests(folder, type(digests)(seed=5, planned_items=ITEMS, parts=digests.parts[:1]))
    (folder / "part-001.ndjson.partial").write_bytes(b"{")
    assert shared_parts() == []
    build(processes=2)
    assert contents(folder) == whole


def test_dataset_when_another_is_there_then_refused_with_a_sentence(folder) -> None:
    build(items=500)
    with pytest.raises(CommandError, match="holds 500 items of seed 5: delete the folder first"):
        build(items=600)
    with pytest.raises(CommandError, match="at least 1"):
        build(items=0)
