"""The frame of the benchmarks: parts by name, and their tables in one document."""

from pathlib import Path

import msgspec
import pytest
from django.core.management import CommandError, call_command

from risk.domain.substances import SubstanceName
from shipments.domain.formats import FORMATS
from targeting.management.benchmarks import PARTS, formats, intake_memory, matching_peers, pipeline
from targeting.management.benchmarks.base import Bench, Part, Result, Table, markdown
from targeting.management.benchmarks.data import declarations_file
from targeting.management.commands import bench as command
from targeting.management.datasets import count_items

RESULT = Result(title="small", notes="Said.", columns=("a", "b"), rows=(("1", "2"),))


def bench(folder: Path, **changes: object) -> Bench:
    return Bench(tell=lambda message: None, folder=folder, **changes)


def test_parts_when_help_is_asked_then_all_are_listed(capsys) -> None:
    with pytest.raises(SystemExit):
        command.Command().run_from_argv(["manage.py", "bench", "--help"])
    shown = capsys.readouterr().out
    for part in PARTS:
        assert f"  {part.name} " in shown
        assert part.summary in shown


def test_part_when_run_then_its_section_is_replaced_and_says_how(
    tmp_path, settings, monkeypatch
) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    document = tmp_path / "docs" / "benchmarks.md"
    document.write_text("# Benchmarks\n\n## small\n\nold\n\n## other\n\nkept\n")
    part = Part(name="small", summary="s", needs_database=False, run=lambda given: RESULT)
    monkeypatch.setattr(command, "PARTS", (part,))
    call_command("bench", part="small", items=50)
    text = document.read_text()
    assert '`make bench part=small args="--items 50"`' in text
    assert "| 1 | 2 |" in text
    assert "old" not in text
    assert text.endswith("## other\n\nkept\n")
    before = text
    call_command("bench", part="small", dry_run=True)
    assert document.read_text() == before


def test_part_when_its_rows_join_earlier_ones_then_only_its_like_is_replaced(
    tmp_path, settings, monkeypatch
) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    document = tmp_path / "docs" / "benchmarks.md"
    document.write_text("# Benchmarks\n\n## small\n\n| measure |\n| --- |\n| of other columns |\n")
    for rows in ((("csv", "1"),), (("json", ""),), (("csv", "3"),)):
        result = msgspec.structs.replace(RESULT, rows=rows, adds_rows=True)
        part = Part(name="small", summary="s", needs_database=False, run=lambda _, one=result: one)
        monkeypatch.setattr(command, "PARTS", (part,))
        call_command("bench", part="small")
    text = document.read_text()
    assert text.endswith("| a | b |\n| --- | --- |\n| csv | 3 |\n| json |  |\n")
    assert "of other columns" not in text


def test_bench_when_the_settings_name_no_database_of_its_own_then_refused(monkeypatch) -> None:
    monkeypatch.setitem(command.connection.settings_dict["TEST"], "NAME", None)
    with pytest.raises(CommandError, match="make bench"):
        call_command("bench", part="formats")


def test_declarations_when_asked_for_then_so_many_items_and_whole_lines(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path
    source = declarations_file(120, bench(tmp_path))
    counted = count_items(source.path.read_bytes().splitlines())
    assert counted == (source.declarations, source.items)
    assert 120 <= source.items < 150


def test_formats_when_measured_then_a_row_for_every_format(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path
    result = formats.run(bench(tmp_path, items=60))
    zipped = {"zip"}
    assert {row[0] for row in result.rows} == {one.key for one in FORMATS} - zipped
    assert all(len(row) == len(result.columns) for row in result.rows)


def test_intake_memory_when_measured_then_two_sizes_of_the_format(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path
    result = intake_memory.run(bench(tmp_path, megabytes=2, format="csv"))
    assert [(row[0], row[1]) for row in result.rows] == [("csv", "1"), ("csv", "2")]
    assert all(int(row[5]) < 400 for row in result.rows)


def test_intake_memory_when_a_workbook_then_the_largest_that_is_read(
    tmp_path, settings, monkeypatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(intake_memory, "MAX_EXPANDED_BYTES", 5 * intake_memory.MEGABYTE)
    small, large = intake_memory.run(bench(tmp_path, format="xlsx")).rows
    assert 8 * int(small[2].replace(",", "")) < int(large[2].replace(",", ""))


def test_section_when_a_result_has_more_tables_then_they_follow_the_first() -> None:
    more = Table(columns=("c",), rows=(("3",),))
    result = msgspec.structs.replace(RESULT, tables=(more,))
    section = markdown(result, machine="m", day="d", command="x")
    assert section.endswith("| 1 | 2 |\n\n| c |\n| --- |\n| 3 |\n")


def test_pipeline_when_measured_then_as_many_items_copied_as_stored(
    tmp_path, settings, reference_data
) -> None:
    settings.DATA_DIR = tmp_path
    result = pipeline.run(bench(tmp_path, items=30))
    assert [row[0].partition(" at ")[0] for row in result.rows[:2]] == ["raw COPY", "pipeline"]
    assert result.rows[0][0].endswith("items, items/s")
    stages = {row[0]: int(row[1].replace(",", "")) for row in result.tables[0].rows}
    assert list(stages) == ["ingest", "match", "link", "assess", "alert"]
    assert all(taken > 0 for taken in stages.values())


@pytest.mark.django_db
def test_matching_peers_when_a_name_stands_in_the_line_then_each_finds_it() -> None:
    names = matching_peers.Names(
        [
            SubstanceName(substance_key=key, name=name, lang="en", kind="common")
            for key, name in (("a", "Acetone"), ("t", "Toluene"), ("x", "MEK"))
        ]
    )
    assert names.texts == ["acetone", "toluene"]
    for name, peer in matching_peers.PEERS:
        found = peer(names, ["20 drums of acetone", "toluene, 5 kg"])
        assert [guess.key for guess in found] == ["a", "t"], name
        assert all(0 < guess.score <= 1.0001 for guess in found), name
