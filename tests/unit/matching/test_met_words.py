"""What is looked up beforehand says what looking up would have said."""

from pathlib import Path

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.compiled import compile_names
from risk.domain.matching.met_words import NONE_MET, read_goods_texts
from risk.domain.matching.near_words import NearWords, readings

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
GOODS = (
    "обувь с верхом из кожи; acteone 99 %, в бочках",
    "Sodium hydroxide (caustic soda), methyl ethyl ketnoe",
    "丙酮 200公斤 67-64-1",
)


def compiled(goods=GOODS):
    names = [name for one in read_lists(FIXTURES / "lists") for name in one.names]
    return compile_names(names, ("sodium hydroxide", "ethyl acetate"), goods)


def test_words_met_are_near_what_the_tables_say():
    near = compiled().near
    known = NearWords(near.listed.words)
    assert {"обувь", "кожи", "бочках"} <= set(near.met.unlike)
    assert not {"acteone", "ketnoe", "methyl"} & set(near.met.unlike)
    assert not any(known.has_near(one) for word in near.met.unlike for one in readings(word))
    assert near.met.alike
    assert all(known.of(word) == set(alike) for word, alike in near.met.alike.items())


def test_nothing_is_met_without_goods():
    assert compiled(()).near.met == NONE_MET


def test_screening_when_words_were_met_then_it_says_the_same(tmp_path):
    lists = [one for one in read_lists(FIXTURES / "lists") if one.meta.list_code == "UN1988-T2"]
    fresh = build_screener(lists, FIXTURES / "names")
    met = build_screener(lists, FIXTURES / "names", tmp_path)
    texts = (*GOODS, *read_goods_texts(FIXTURES / "goods")[::400])
    assert [met.explain(text) for text in texts] == [fresh.explain(text) for text in texts]


def test_goods_texts_are_read_from_every_language_and_none_from_nowhere(tmp_path):
    assert read_goods_texts(tmp_path / "missing") == ()
    (tmp_path / "a.csv").write_text("hs4,ru,weight,zh\n0101,лошади,2,马\n0102,скот\n", "utf-8")
    assert read_goods_texts(tmp_path) == ("лошади", "马", "скот")
