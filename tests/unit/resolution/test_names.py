"""Names brought to the words in which their spellings meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.resolution.names import fold_name


@pytest.mark.parametrize(
    "spellings",
    [
        ('ТОО "Химпром"', "HIMPROM LLP", "Khimprom TOO", "ЖШС «Химпром»", "khimprom l.l.p."),
        ("上海化工有限公司", "Shanghai Huagong Co., Ltd", "SHANG HAI HUA GONG 有限责任公司"),
        ("Müller Chemie GmbH", "MUELLER CHEMIE G.m.b.H.", "Müller Chemie Gesellschaft mbH"),
        ("ŞAHİN KİMYA SAN. VE TİC. LTD. ŞTİ.", "Sahin Kimya Limited Şirketi", "Sahin Kimya A.Ş."),
        ("Xorazm Kimyo MCHJ", "«Xorazm Kimyo» МЧЖ", "Xorazm Kimyo mas’uliyati cheklangan jamiyati"),
        ("ТОО «Жолдас-Трейд»", "Joldas Treid LLP", "Zholdas Treyd TOO"),
        ("ИП Осинцева А.А.", "IP OSINTSEVA A.A.", "Индивидуальный предприниматель Осинцева А. А."),
    ],
)
def test_spellings_of_one_name_meet(spellings):
    assert len({fold_name(name).compact for name in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Химпром", "Химторг"), ("Реактив 2", "Реактив 3"), ("ТОО Север", "ТОО Север Юг")],
)
def test_other_names_stay_apart(one, other):
    assert fold_name(one) != fold_name(other)


def test_a_name_of_a_legal_form_alone_stays():
    assert fold_name("Limited Company").words


@given(st.text(max_size=60))
def test_any_text_folds_to_latin_letters_and_words_place_by_place(name):
    folded = fold_name(name)
    assert len(folded.words) == len(folded.latin)
    assert all(word.isascii() for word in (*folded.words, folded.compact))
