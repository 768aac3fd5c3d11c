"""``python -m risk.domain.matching``: a file in, a row per match out."""

import csv
from pathlib import Path

import pytest

from risk.domain.matching.__main__ import main
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Method, SubstanceEvidence, Verdict
from risk.domain.matching.files import OUTPUT_COLUMNS, InvalidRow, read_rows, screen_file
from risk.domain.matching.systematic import is_opsin_present

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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"row_id,text\n1,a\n", "line 1: column commodity_code is missing"),
        (b"row_id,text,text,commodity_code\n", "line 1: column text is there more than once"),
        (b"", "line 1: column row_id is missing"),
        (b"row_id,text,commodity_code\n1,a\n", "line 2: 2 fields; allowed: 3"),
        (b"row_id,text,commodity_code\n1,a,b,c\n", "line 2: 4 fields; allowed: 3"),
        (b'row_id,text,commodity_code\n1,"a\nb",\n,x,\n', "line 4: row_id is empty"),
        (b"row_id,text,commodity_code\n1,a," + b"9" * 40 + b"\n", "line 2: commodity_code"),
        (b"row_id,text,commodity_code\n1,\xff,\n", "0xff is not UTF-8"),
        (b'row_id,text,commodity_code\n1,"a"b,\n', "line 2: "),
    ],
)
def test_rows_when_a_row_cannot_be_read_then_line_field_and_what_is_allowed_are_said(
    tmp_path: Path, content: bytes, said: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    with pytest.raises(InvalidRow, match="allowed") as caught:
        list(read_rows(source))
    assert said in str(caught.value)


def test_rows_when_columns_stand_otherwise_and_a_byte_order_mark_leads_then_read(
    tmp_path: Path,
) -> None:
    source = tmp_path / "in.csv"
    source.write_text('\ufeffcommodity_code,note,text,row_id\n,x,"a\nb",7\n\n', encoding="utf-8")
    assert list(read_rows(source)) == [("7", "a\nb", "")]


def test_file_when_a_row_is_broken_then_exit_2_and_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("row_id,text,commodity_code\n1,acetone\n", encoding="utf-8")
    assert main([str(source), str(target), "--lists", LISTS, "--select", "RU-681-L4"]) == 2
    assert "line 2: 2 fields" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_main_when_the_day_is_none_then_it_says_what_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["a", "b", "--lists", LISTS, "--date", "2026-13-01"])
    assert caught.value.code == 2
    assert "'2026-13-01' is no day; allowed: YYYY-MM-DD" in capsys.readouterr().err


def test_date_when_before_the_entry_then_it_is_not_in_force(tmp_path: Path) -> None:
    source, target = write_input(tmp_path / "in.csv"), tmp_path / "out.csv"
    given = [source, str(target), "--lists", LISTS, "--select", "UN1988-T2", "--date"]
    assert main([*given, "1985-01-01"]) == 0
    assert target.read_text(encoding="utf-8").count("\n") == 1
    assert main([*given, "1995-01-01"]) == 0
    assert target.read_text(encoding="utf-8").count("acetone") >= 2


class _Counting(Screener):
    """Answers one match for every text and counts the calls."""

    def __init__(self) -> None:
        super().__init__([], [])
        self.calls = 0

    def screen(self, text: str, commodity_code: str = "", *, on: object = None) -> tuple:  # type: ignore[type-arg,override]
        self.calls += 1
        return (
            SubstanceEvidence(
                substance_key="x",
                matched_text=text[:1],
                start=0,
                end=1,
                name="x",
                lang="en",
                method=Method.EXACT,
                match_score=0.9,
                concentration_pct=None,
                concentration_span=None,
                verdict=Verdict.NOT_LIMITED,
                list_verdicts=(),
            ),
        )


def test_file_when_texts_repeat_then_each_is_screened_once_and_every_row_is_written(
    tmp_path: Path,
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    lines = "".join(f"{n},text {n % 3},\n" for n in range(42_000))
    source.write_text("row_id,text,commodity_code\n" + lines, encoding="utf-8")
    screener, told = _Counting(), []
    screened = screen_file(screener, source, target, told=told.append)
    assert (screened.rows, screened.matches, screener.calls) == (42_000, 42_000, 3)
    assert told == [20_000, 40_000, 42_000]
    assert target.read_text(encoding="utf-8").count("\n") == 42_001


def test_file_when_texts_are_long_then_blocks_are_shorter(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    lines = "".join(f"{n},{'wool ' * 600_000},\n" for n in range(4))
    source.write_text("row_id,text,commodity_code\n" + lines, encoding="utf-8")
    screener, told = _Counting(), []
    screen_file(screener, source, target, told=told.append)
    assert told == [3, 4]


def test_main_when_run_again_then_the_compiled_names_are_those_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    given = [write_input(tmp_path / "in.csv"), str(tmp_path / "out.csv"), "--lists", LISTS]
    assert main([*given, "--select", "RU-681-L4"]) == 0
    cache = tmp_path / ".cache" / "targeting-centre"
    (kept,) = cache.iterdir()
    written = kept.read_bytes()
    first = (tmp_path / "out.csv").read_bytes()
    assert main([*given, "--select", "RU-681-L4"]) == 0
    assert (tmp_path / "out.csv").read_bytes() == first
    assert [*cache.iterdir()] == [kept]
    assert kept.read_bytes() == written


@pytest.mark.skipif(not is_opsin_present(), reason="no Java on this machine")
def test_file_when_an_unlisted_systematic_name_stands_alone_then_opsin_reads_it(
    tmp_path: Path,
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    name = "pentyl 2-methyl-3-phenyloxirane-2-carboxylate"
    source.write_text(f"row_id,text,commodity_code\n1,{name},\n2,wool,\n", encoding="utf-8")
    given = [str(source), str(target), "--lists", LISTS, "--select", "UK-PCR"]
    assert main(given) == 0
    rows = list(csv.DictReader(target.open(encoding="utf-8", newline="")))
    assert [(r["row_id"], r["substance_key"], r["method"], r["flagged"]) for r in rows] == [
        ("1", "bmk-glycidic-acid", "structure", "1")
    ]
    assert rows[0]["matched_text"] == name
    assert main([*given, "--no-systematic"]) == 0
    assert target.read_text(encoding="utf-8").count("\n") == 1


def test_main_when_java_is_missing_then_it_is_said_and_the_rest_is_screened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "row_id,text,commodity_code\n1,1-foobaryl-2-phenylane,\n2,acetone,\n", encoding="utf-8"
    )
    assert main([str(source), str(target), "--lists", LISTS, "--select", "RU-681-L4"]) == 0
    assert "install a Java runtime" in capsys.readouterr().err
    assert "acetone" in target.read_text(encoding="utf-8")
