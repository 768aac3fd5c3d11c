"""Names of traders and their identifiers in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments.domain.errors import InvalidValue
from shipments.domain.names import latin_key, normalise_identifier, normalise_trader_name
from shipments.domain.values import IdentifierKind


@pytest.mark.parametrize(
    ("name", "normalised"),
    [
        ('ТОО "Химпром"', "химпром"),
        ("Товарищество с ограниченной ответственностью «Химпром»", "химпром"),
        ("«Химпром» ЖШС", "химпром"),
        ("Жауапкершілігі шектеулі серіктестігі Алтын", "алтын"),
        ("ИП Иванов И.И.", "иванов ии"),
        ("KHIMPROM, L.L.C.", "khimprom"),
        ("Khimprom Co., Ltd.", "khimprom"),
        ("Müller Chemie GmbH & Co. KG", "müller chemie"),
        ("上海化工有限公司", "上海化工"),
        ("ÖRNEK KİMYA ANONİM ŞİRKETİ", "örnek kimya"),
        ("Namuna Kimyo MChJ", "namuna kimyo"),
        ("ООО", "ооо"),
        ("«»", ""),
    ],
)
def test_normalise_trader_name_when_given_then_without_form(name: str, normalised: str) -> None:
    assert normalise_trader_name(name) == normalised


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('ТОО "Химпром"', "Khimprom LLC"),
        ("ООО «Югхимторг»", "Yugkhimtorg"),
        ("АО Щит", "SHCHIT JSC"),
        ("Өрнек ЖШС", "Ornek LLP"),
    ],
)
def test_latin_key_when_same_name_in_two_scripts_then_equal(one: str, other: str) -> None:
    assert latin_key(one) == latin_key(other)


@given(name=st.text(max_size=40))
def test_normalise_trader_name_when_repeated_then_stable(name: str) -> None:
    once = normalise_trader_name(name)
    assert normalise_trader_name(once) == once
    latin_key(name)


@pytest.mark.parametrize(
    ("kind", "value", "normalised"),
    [
        ("bin", "0406 4000 1234", "040640001234"),
        ("tax_id", "kr-qlrubn9", "KRQLRUBN9"),
        ("phone", "8 (727) 258-00-00", "+77272580000"),
        ("email", "MAILTO:Office@Example.KZ", "office@example.kz"),
        ("bank_account", "kz86 125k zt50 0410 0100", "KZ86125KZT5004100100"),
        ("wallet", "0xABCDEF0123456789", "0xabcdef0123456789"),
        ("wallet", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ("website", "https://user@WWW.Example.com:8443/a?b", "example.com"),
        ("vehicle", "А 123-вс 02", "A123BC02"),
        ("address", "г. Алматы, ул. Абая, д. 10", "алматы ul абая 10"),
        ("address", "Алматы қаласы, Абая көшесі, 10", "алматы абая ul 10"),
    ],
)
def test_normalise_identifier_when_valid_then_one_spelling(kind, value, normalised) -> None:
    assert normalise_identifier(IdentifierKind(kind), value) == normalised


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("bin", "123"),
        ("iin", "04064000123a"),
        ("tax_id", "-"),
        ("phone", "call me"),
        ("email", "nobody"),
        ("bank_account", "счёт"),
        ("wallet", "x y"),
        ("website", "localhost"),
        ("vehicle", "-"),
        ("address", "д."),
    ],
)
def test_normalise_identifier_when_invalid_then_code_of_its_kind(kind: str, value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        normalise_identifier(IdentifierKind(kind), value)
    assert caught.value.code == f"{kind}_invalid"


@given(kind=st.sampled_from(IdentifierKind), value=st.text(max_size=40))
def test_normalise_identifier_when_normalised_again_then_stable(kind, value: str) -> None:
    try:
        once = normalise_identifier(kind, value)
    except InvalidValue:
        return
    assert normalise_identifier(kind, once) == once


@pytest.mark.parametrize(
    ("kind", "value", "spelt"),
    [
        ("card", "4400 4301 2345 6789", "4400430123456789"),
        ("card", "440043XX XXXX1234", "440043******1234"),
        ("card", "440043•••••1234", "440043*****1234"),
        ("account_name", "https://t.me/Reagent_KZ/", "reagent_kz"),
        ("account_name", "@Reagent_KZ", "reagent_kz"),
        ("container", "msku 123456-5", "MSKU1234565"),
    ],
)
def test_identifier_of_a_lead_when_spelt_in_many_ways_then_one(kind, value, spelt):
    assert normalise_identifier(IdentifierKind(kind), value) == spelt
