"""manage.py generate_declarations: files, the same bytes, clear refusals."""

import pytest
from django.core.management import CommandError, call_command

from risk.domain.proving.blocks import BLOCK, ENDINGS


def generate(out, *more):
    call_command(
        "generate_declarations", str(out), "--count", str(3 * BLOCK), "--seed", "5",
        "--planted", "0.05", "--from", "2025-03-01", "--to", "2025-04-30", *more,
    )  # fmt: skip
    return {path.name.partition(".")[2]: path.read_bytes() for path in out.parent.iterdir()}


def test_files_when_processes_differ_then_the_same_bytes(tmp_path):
    runs = []
    for processes in ("1", "2"):
        folder = tmp_path / processes
        folder.mkdir()
        runs.append(generate(folder / "out.ndjson", "--processes", processes))
    assert set(runs[0]) == {ending.removeprefix(".") for ending in ENDINGS}
    assert runs[0] == runs[1]
    assert runs[0]["ndjson"].count(b"\n") == 3 * BLOCK


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--from", "2025-05-01"), "lies after"),
        (("--planted", "0.6"), "allowed is 0 to 0.5"),
        (("--planted", "-0.1"), "allowed is 0 to 0.5"),
        (("--kinds", "typo,nonsense"), "unknown kind: nonsense; allowed: typo, transliteration"),
        (("--count", "0"), "at least 1"),
        (("--processes", "0"), "at least 1"),
        (("--from", "yesterday"), "invalid"),
    ],
)
def test_arguments_when_wrong_then_said_what_is_allowed(tmp_path, more, said):
    with pytest.raises(CommandError, match=said):
        generate(tmp_path / "out.ndjson", *more)
    assert list(tmp_path.iterdir()) == []


def test_target_when_unwritable_then_said_and_nothing_left(tmp_path):
    with pytest.raises(CommandError, match="No such file or directory"):
        generate(tmp_path / "absent" / "out.ndjson")


def test_target_when_not_ndjson_then_said(tmp_path):
    with pytest.raises(CommandError, match=r"must end in \.ndjson"):
        generate(tmp_path / "out.json")
