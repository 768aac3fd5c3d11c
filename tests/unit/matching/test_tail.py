"""The long tail of innocent names: what the file holds, and what it does to near names."""

from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener, main
from risk.domain.matching.engine import Screener
from risk.domain.matching.tail import (
    FILE_NAME,
    InnocentTail,
    InvalidTail,
    NamesOnNoList,
    open_tail,
    stem_key,
    write_tail,
)
from risk.domain.matching.tail_sources import Compound, names_of_compounds, parted
from risk.domain.matching.vocabulary import squeezed_key
from risk.domain.substances import ListEntry, SubstanceKind, SubstanceName

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
SHIPPED = FIXTURES / "names" / FILE_NAME


def written(tmp_path: Path, *names: tuple[str, str], numbers: tuple[str, ...] = ()) -> InnocentTail:
    path = tmp_path / FILE_NAME
    write_tail(path, names, numbers)
    return InnocentTail(path)


def test_tail_when_written_then_it_is_found_again_by_name_and_number(tmp_path: Path) -> None:
    tail = written(
        tmp_path, ("acetal", "105-57-7"), ("acetal", "123-63-7"), ("шпаклевка", ""),
        numbers=("105-57-7",),
    )  # fmt: skip
    assert sorted(tail.owners("acetal")) == ["105-57-7", "123-63-7"]
    assert tail.owners("шпаклевка") == ("",)
    assert tail.owners("acetone") == ()
    assert tail.is_innocent_number("105-57-7")
    assert not tail.is_innocent_number("123-63-7")
    assert tail.is_whole()


def test_tail_when_a_list_takes_a_substance_up_then_its_names_are_innocent_no_more(
    tmp_path: Path,
) -> None:
    tail = written(tmp_path, ("acetal", "105-57-7"), numbers=("105-57-7",))
    assert NamesOnNoList(tail, ()).is_innocent("acetal")
    # An entry without a number is blank, as the owner of a word of goods is.
    newly_listed = NamesOnNoList(tail, {"105-57-7", ""})
    assert not newly_listed.is_innocent("acetal")
    assert not newly_listed.is_innocent_number("105-57-7")


def test_word_of_goods_when_it_stands_in_another_case_then_it_is_innocent(tmp_path: Path) -> None:
    tail = written(tmp_path, ("прицепы", ""), (stem_key("прицепы"), ""))
    assert NamesOnNoList(tail, {""}).is_innocent("прицепам")
    assert not NamesOnNoList(tail, {""}).is_innocent("празепам")


def test_tail_when_it_is_missing_then_nothing_is_known_and_the_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert open_tail(tmp_path / FILE_NAME) is None
    assert not NamesOnNoList(None, ()).is_innocent("acetal")
    source = tmp_path / "in.csv"
    source.write_text("row_id,text,commodity_code\n1,acetone,\n", encoding="utf-8")
    given = [str(source), str(tmp_path / "out.csv"), "--lists", str(FIXTURES / "lists")]
    assert main([*given, "--select", "RU-681-L4", "--names", str(tmp_path)]) == 0
    assert FILE_NAME in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"something else", b"innocent tail 1\n" + b"\1" * 60])
def test_tail_when_the_file_is_damaged_then_it_says_what_to_do(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(InvalidTail, match="build_innocent_tail"):
        open_tail(path)


def entry(key: str, cas_rn: str, inchikey: str, smiles: str = "") -> ListEntry:
    return ListEntry(
        list_code="X", substance_key=key, schedule="", kind=SubstanceKind.PRECURSOR, form="base",
        form_name=key, cas_rn=cas_rn, inchikey=inchikey, smiles=smiles, includes_salts=True,
    )  # fmt: skip


def test_sources_when_a_compound_is_a_form_of_a_listed_one_then_it_is_not_innocent() -> None:
    ephedrine = entry("ephedrine", "299-42-3", "KWGRBVOPPLSCSI-WPRPVWTQSA-N",
                      "CN[C@@H](C)[C@H](O)c1ccccc1")  # fmt: skip
    compounds = [
        Compound("299-42-3", "", "", ("ephedrine",)),
        Compound("321-98-2", "", "KWGRBVOPPLSCSI-UHFFFAOYSA-N", ("other isomer",)),
        Compound("134-72-5", "CNC(C)C(O)c1ccccc1.OS(=O)(=O)O", "", ("its sulfate",)),
        Compound("50-78-2", "CC(=O)Oc1ccccc1C(=O)O", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N", ("aspirin",)),
    ]
    listed, innocent = parted(compounds, [ephedrine])
    assert [one.cas_rn for one in innocent] == ["50-78-2"]
    assert len(listed) == 3
    assert list(names_of_compounds(innocent)) == [("aspirin", "50-78-2")]


def test_names_when_they_are_registry_numbers_then_they_are_left_out() -> None:
    names = ("NSC 123456", "AKOS015903245", "73-2", "toluidine")
    found = names_of_compounds([Compound("106-49-0", "", "", names)])
    assert [key for key, _cas_rn in found] == ["toluidine"]


def test_shipped_tail_is_whole_and_keyed_as_texts_are() -> None:
    """Fails when normalisation changed: then the tail is to be built again."""
    tail = InnocentTail(SHIPPED)
    assert tail.is_whole()
    assert 600_000 < len(tail) < 900_000
    for name, cas_rn in (
        ("4-Methoxyphenol", "150-76-5"),
        ("N,N-Dimethyl-p-phenylenediamine", "99-98-9"),
        ("Cyclohexyl isothiocyanate", "1122-82-3"),
        ("β-ionone", "14901-07-6"),
    ):
        assert cas_rn in tail.owners(squeezed_key(name)[0])
    assert "" in tail.owners(squeezed_key("пластмассовые")[0])


def test_shipped_tail_holds_no_listed_name_or_number() -> None:
    tail = InnocentTail(SHIPPED)
    lists = read_lists(FIXTURES / "lists")
    for one in lists:
        assert [n.name for n in one.names if tail.owners(squeezed_key(n.name)[0])] == []
        assert [
            e.cas_rn for e in one.entries if e.cas_rn and tail.is_innocent_number(e.cas_rn)
        ] == []


def test_near_name_when_the_tail_knows_it_then_it_is_not_a_misspelt_listed_one(
    tmp_path: Path,
) -> None:
    entries = [entry("x", "", "")]
    names = [SubstanceName(substance_key="x", name="lorazanone", lang="en", kind="common")]
    assert [one.substance_key for one in Screener(entries, names).screen("lorasanone 5 kg")] == [
        "x"
    ]
    tail = written(tmp_path, ("lorasanone", "50-78-2"), ("lorazanoneoxide", "50-78-2"))
    screener = Screener(entries, names, tail=tail)
    assert screener.screen("lorasanone 5 kg") == ()
    assert screener.screen("lorazanone oxide 5 kg") == ()
    assert [one.method.value for one in screener.screen("lorazanonne 5 kg")] == ["fuzzy"]
    assert screener.digest != Screener(entries, names).digest


def test_screener_when_built_from_the_shipped_names_then_the_tail_is_there() -> None:
    lists = [one for one in read_lists(FIXTURES / "lists") if one.meta.list_code == "RU-681-L4"]
    assert build_screener(lists, FIXTURES / "names").is_tail_known
