"""What the screener recognises, and what it leaves alone, over the real lists."""

from datetime import date

import pytest

from risk.domain.matching.combine import ALERT_POINT
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Method


def flagged_keys(screener: Screener, text: str, code: str = "") -> set[str]:
    return {e.substance_key for e in screener.screen(text, code) if e.flagged}


@pytest.mark.parametrize(
    ("text", "substance_key"),
    [
        ("Acetone, 200 l drums", "acetone"),
        ("Technical ACETIC  ANHYDRIDE", "acetic-anhydride"),
        ("methyl-ethyl ketone", "mek"),
        ("Methylethylketone (MEK)", "mek"),
        ("1-phenyl-2-propanone", "p2p"),
        ("liquid 1-phenyl-2-propanone", "p2p"),
        ("MEK ацетон", "acetone"),
        ("ephedrine hydrochloride powder", "ephedrine"),
        ("potassium permanganate 25 kg bags", "potassium-permanganate"),
        ("ацетон технический", "acetone"),
        ("поставка ацетона в бочках", "acetone"),
        ("кислота серная", "sulfuric-acid"),
        ("раствор серной кислоты", "sulfuric-acid"),
        ("партия уксусного ангидрида", "acetic-anhydride"),
        ("толуол нефтяной", "toluene"),
        ("перманганата калия", "potassium-permanganate"),
        ("серн. к-та", "sulfuric-acid"),
        ("THF (tetrahydrofuran) polymer grade", "tetrahydrofuran"),
        ("冰醋酸 食品级", "acetic-acid"),
        ("氨酚伪麻黄碱片", "pseudoephedrine"),
        ("麻黄碱苯海拉明片", "ephedrine"),
        ("к-та солян. техн.", "hydrochloric-acid"),
        ("methyl ethyl ketone, peroxide free", "mek"),
        ("соляная кислота (1:3), 1 л", "hydrochloric-acid"),
        ("күкірт қышқылы", "sulfuric-acid"),
        ("тұз қышқылы", "hydrochloric-acid"),
        ("калий перманганаты", "potassium-permanganate"),
        ("工业丙酮", "acetone"),
        ("高锰酸钾 分析纯", "potassium-permanganate"),
        ("醋酸酐 桶装", "acetic-anhydride"),
        ("浓硫酸", "sulfuric-acid"),
        ("Essigsäureanhydrid", "acetic-anhydride"),
        ("anhydride acétique", "acetic-anhydride"),
        ("tablet press, single punch", "eq-tablet-press-single"),
        ("таблетный пресс", "eq-tablet-press"),
    ],
)
def test_screen_when_a_listed_name_is_written_then_it_is_flagged(
    screener: Screener, text: str, substance_key: str
) -> None:
    keys = flagged_keys(screener, text)

    assert any(key.startswith(substance_key.removesuffix("-single")) for key in keys)


@pytest.mark.parametrize(
    ("text", "substance_key"),
    [
        ("acetonne", "acetone"),
        ("acteone", "acetone"),
        ("potasium permanganate", "potassium-permanganate"),
        ("acetic anhydrde", "acetic-anhydride"),
        ("methyl ethyl ketnoe", "mek"),
        ("diethly ether", "diethyl-ether"),
        ("перманганнат калия", "potassium-permanganate"),
        ("псевдоэфидрин", "pseudoephedrine"),
        ("уксусный ангедрид", "acetic-anhydride"),
        ("АЦEТОH", "acetone"),
        ("T0луол", "toluene"),
        ("uksusny angidrid", "acetic-anhydride"),
        ("sernaya kislota", "sulfuric-acid"),
        ("aceton", "acetone"),
        ("аце-\nтон", "acetone"),
        ("atseton technicheskij", "acetone"),
        ("асетон", "acetone"),
        ("potasium permanganete", "potassium-permanganate"),
        ("pseuudoephedrine, (+)-", "pseudoephedrine"),
        ("rnethyl benzyl ketone", "p2p"),
        ("phozphorus (red)", "red-phosphorus"),
        ("α-хлортолуол", "benzyl-chloride"),
        ("acid, phenylacetic", "phenylacetic-acid"),
        ("кислота, антраниловая", "anthranilic-acid"),
        ("антраниловая кисл.", "anthranilic-acid"),
        ("күкірт қыш.", "sulfuric-acid"),
        ("kukirt qyshqyly", "sulfuric-acid"),
        ("高錳酸鉀", "potassium-permanganate"),
    ],
)
def test_screen_when_a_name_is_misspelt_then_it_is_flagged(
    screener: Screener, text: str, substance_key: str
) -> None:
    assert substance_key in flagged_keys(screener, text)


@pytest.mark.parametrize(
    "text",
    [
        "acetone-free nail polish remover",
        "не содержит ацетона",
        "растворитель без ацетона и толуола",
        "free of toluene",
        "不含丙酮",
        "құрамында ацетон жоқ",
        "for removing acetone",
        "заменитель ацетона",
        "перчатки, стойкие к ацетону",
        "sulphuric acid pump",
        "acetone cyanohydrin",
        "toluene diisocyanate",
        "Toluen diisoxyanat",
        "конденсатор паров серной кислоты",
        "пиперидин карбоновая кислота",
        "маслины, уксусная кислота не добавлялась",
        "olives, acetic acid not added",
        "Шасси к прицепам и полуприцепам",
        "toluene-2,4-diisocyanate",
        "methyl ethyl ketone peroxide",
        "пероксид метилэтилкетона",
        "нитроацетон",
        "acetone oxime",
        "p-toluene sulfonic acid",
        "толуолсульфокислота",
        "толуидин",
        "toluidine blue",
        "эфиры уксусной кислоты сложные",
        "ammonium sulphate fertiliser",
        "сульфат аммония",
        "poly(methyl methacrylate) sheets",
        "tert-Butyl 3-(piperidin-4-yl)propylcarbamate",
        "acetic acid, chloro-, butyl ester",
        "二甲苯",
        "丙酮酸",
        "盐酸二甲双胍片",
        "硫酸铵",
        "ethyl acetate",
        "эфирное масло лаванды",
        "полиэфир",
        "piperine",
        "diethylamine",
        "cotton shirts for men",
        "кофе жареный с кофеином",
        "acetone oxmie",
        "acetone propylene glcyol acetal",
        "sulfuric acid, monodecyl ester",
        "m-ethylphenyl acetate",
        "phenyl acetate",
        "benzoin ethyl ether",
        "salt with sulphuric acid",
        "канистра для соляной кислоты",
        "solution in toluene",
        "планшетный компьютер",
    ],
)
def test_screen_when_the_goods_are_innocent_then_nothing_is_flagged(
    screener: Screener, text: str
) -> None:
    assert flagged_keys(screener, text) == set()


@pytest.mark.parametrize(
    "text",
    ["CAS 67-64-1", "CAS № 67–64–1", "CAS 67 - 64 - 1", "CAS ６７-６４-１", "cas: 67 64 1"],
)
def test_screen_when_a_cas_number_is_right_then_the_substance_is_found(
    screener: Screener, text: str
) -> None:
    (evidence,) = screener.screen(text)

    assert (evidence.substance_key, evidence.method) == ("acetone", Method.CAS)
    assert evidence.flagged


def test_screen_when_a_cas_check_digit_is_wrong_then_nothing_is_found(screener: Screener) -> None:
    assert screener.screen("CAS 67-64-2") == ()


def test_screen_when_an_ec_number_is_given_then_the_substance_is_found(screener: Screener) -> None:
    (evidence,) = screener.screen("EC 203-564-8")

    assert (evidence.substance_key, evidence.method) == ("acetic-anhydride", Method.EC)


@pytest.mark.parametrize("text", ["UN 1715", "UN1715", "ООН 1715", "№ ООН 1715"])
def test_screen_when_a_un_number_has_its_context_then_it_counts(
    screener: Screener, text: str
) -> None:
    assert [(e.substance_key, e.method) for e in screener.screen(text)] == [
        ("acetic-anhydride", Method.UN)
    ]


def test_screen_when_four_digits_have_no_context_then_they_are_no_un_number(
    screener: Screener,
) -> None:
    assert screener.screen("1715 pieces") == ()


def test_screen_when_only_the_code_agrees_then_it_stays_under_the_alert_point(
    screener: Screener,
) -> None:
    specific = screener.screen("chemical product", "2914110000")
    basket = screener.screen("machine", "8479899707")

    assert [e.method for e in specific] == [Method.CODE]
    assert (specific[0].start, specific[0].end, specific[0].matched_text) == (0, 0, "")
    assert basket
    assert max(e.match_score for e in basket) < specific[0].match_score < ALERT_POINT


def test_screen_when_an_ordinary_word_is_a_name_then_it_needs_the_code(screener: Screener) -> None:
    assert flagged_keys(screener, "ether") == set()
    assert flagged_keys(screener, "ether", "2909110000") == {"diethyl-ether"}


def test_screen_when_name_and_cas_agree_then_each_supports_the_other(screener: Screener) -> None:
    name, number = screener.screen("Acetone CAS 67-64-1", "291411")

    assert (name.method, name.support) == (Method.EXACT, (Method.CAS, Method.CODE))
    assert (number.method, number.support) == (Method.CAS, (Method.EXACT, Method.CODE))
    assert name.match_score > 0.99


def test_screen_when_several_substances_are_named_then_each_has_its_span(
    screener: Screener,
) -> None:
    text = "Растворитель: ацетон 40%, толуол 60%"

    found = {e.substance_key: e for e in screener.screen(text)}

    assert {k: text[e.start : e.end] for k, e in found.items()} == {
        "acetone": "ацетон",
        "toluene": "толуол",
    }
    assert {k: str(e.concentration_pct) for k, e in found.items()} == {
        "acetone": "40",
        "toluene": "60",
    }


def test_screen_when_the_day_is_before_an_entry_then_it_does_not_count(screener: Screener) -> None:
    text = "4-piperidone hydrochloride"

    assert screener.screen(text, on=date(1980, 1, 1)) == ()
    assert screener.screen(text, on=date(2025, 1, 1))[0].substance_key == "4-piperidone"


def test_screen_many_when_rows_repeat_then_results_keep_their_order(screener: Screener) -> None:
    rows = [("ацетон", ""), ("cotton", ""), ("ацетон", "")]

    results = screener.screen_many(rows)

    assert [bool(found) for found in results] == [True, False, True]
    assert results[0] == screener.screen("ацетон")


def test_digest_when_a_name_is_missing_then_it_differs(screener: Screener) -> None:
    smaller = Screener(screener._entries, screener._names[1:], screener._innocent_names)

    assert screener.digest == screener.digest
    assert screener.digest != smaller.digest
    assert len(screener.digest) == 64


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ether, sulphuric, 20 drums", "diethyl-ether"),
        ("(p-methoxypheny1)-2-propanone", "4-methoxybenzyl-methyl-ketone"),
        ("3-ox0-2-phenylbutanoic acid ethyl ester", "eapa"),
        ("ethanoic acid anhydr1de", "acetic-anhydride"),
        ("2-phenylacetoaceyamide", "apaa"),
        ("benzo[1,3]dioxole-5-carbadehyde", "piperonal"),
        ("P-2-P methyl glycidic acod butyl ester", "bmk-butyl-glycidate"),
        ("potassium permanganate, free-flowing", "potassium-permanganate"),
    ],
)
def test_screen_when_a_name_is_damaged_beside_a_locant_or_in_its_ending_then_it_is_found(
    screener: Screener, text: str, key: str
) -> None:
    assert [one.substance_key for one in screener.screen(text) if one.flagged] == [key]


@pytest.mark.parametrize("text", ["oleum 20 %", "олеум 24 % SO3", "发烟硫酸 20%"])
def test_screen_when_a_percent_is_of_the_oxide_in_oleum_then_the_acid_is_stronger(
    screener: Screener, text: str
) -> None:
    (found,) = [one for one in screener.screen(text) if one.flagged]
    assert (found.substance_key, found.concentration_pct) == ("sulfuric-acid", 100)
    assert found.is_concentration_assumed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ethyl ether, anhydrous, ACS", "ethyl ether, anhydrous"),
        ("2-Butanone (methyl ethyl ketone), 160 kg", "2-Butanone (methyl ethyl ketone)"),
        ("ANHYDRIDE, ACETIC, 200 kg drums", "ANHYDRIDE, ACETIC"),
        ("maleic anhydride, acetic acid", "acetic acid"),
    ],
)
def test_screen_when_names_overlap_then_they_are_one_span(
    screener: Screener, text: str, words: str
) -> None:
    [found] = screener.screen(text)

    assert found.matched_text == words
