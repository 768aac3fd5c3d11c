"""Two parties compared: what makes them one, what never does."""

from functools import partial

import pytest

from risk.domain.resolution.blocking import blocking_keys
from risk.domain.resolution.clusters import clusters
from risk.domain.resolution.comparison import Comparison, Statistics, compare
from risk.domain.resolution.records import Outcome, PartyRecord, prepare
from risk.domain.resolution.words import Rarity
from shipments.domain.values import IdentifierKind as Kind

PHONE, EMAIL, ADDRESS = "+77272580000", "info@himprom.example", "алматы ul абылай 5"


def party(name, key=1, country="KZ", **identifiers):
    given = {Kind(kind): frozenset([value]) for kind, value in identifiers.items()}
    return prepare(PartyRecord(key=key, names=(name,), country=country, identifiers=given))


def known(holders=None, words=None):
    return Statistics(Rarity(words or {}, 100_000), holders or {}, 100_000)


def outcome(one, other, statistics=None):
    found = compare(one, other, statistics or known())
    assert (
        found == compare(other, one, statistics or known())
        or found.outcome is compare(other, one, statistics or known()).outcome
    )
    return found.outcome


def test_two_spellings_with_one_telephone_are_one_trader():
    found = compare(party("ТОО «Химпром»", phone=PHONE), party("HIMPROM LLP", phone=PHONE), known())
    assert found.outcome is Outcome.SAME
    assert {part.code for part in found.parts} == {"name", "phone", "country"}
    assert found.bits == pytest.approx(sum(part.bits for part in found.parts), abs=0.01)


@pytest.mark.parametrize("shared", [{"address": ADDRESS}, {"phone": PHONE}, {"email": EMAIL}])
def test_no_identifier_joins_two_names(shared):
    assert outcome(party("Химпром", **shared), party("Зерноторг", **shared)) is Outcome.DIFFERENT


def test_a_shared_address_does_not_join_sister_firms():
    one = party("Химпром", phone=PHONE, address=ADDRESS)
    other = party("Химпром Азия Логистик", phone=PHONE, address=ADDRESS)
    assert outcome(one, other) is not Outcome.SAME


def test_what_a_broker_shares_counts_nothing():
    holders = {(Kind.PHONE, PHONE): 500}
    found = compare(
        party("Химпром", phone=PHONE), party("HIMPROM", phone=PHONE), known(holders=holders)
    )
    assert "phone" not in {part.code for part in found.parts}
    assert found.outcome is Outcome.REVIEW


def test_equal_numbers_decide_and_different_ones_too():
    same, other = {"bin": "190340000176"}, {"bin": "180240017325"}
    assert outcome(party("Химпром", **same), party("Зерноторг", **same)) is Outcome.SAME
    with_phone = party("Химпром", phone=PHONE, **same)
    assert outcome(with_phone, party("Химпром", phone=PHONE, **other)) is Outcome.DIFFERENT


def test_a_tax_number_counts_within_its_country():
    one = party("Lunvor", country="CN", tax_id="AB1234")
    other = party("Lunvor", country="TR", tax_id="ZZ9876")
    assert compare(one, other, known()).bits != float("-inf")


def test_firms_of_a_series_are_different_by_their_number():
    one, other = party("Реактив 12", address=ADDRESS), party("Реактив 13", address=ADDRESS)
    found = compare(one, other, known())
    assert (found.outcome, found.is_contradicted) == (Outcome.DIFFERENT, True)


def test_a_number_that_one_name_lacks_is_for_review():
    one = party("Химпром Севертас", phone=PHONE, email=EMAIL)
    other = party("Химпром Севертас 5", phone=PHONE, email=EMAIL)
    assert outcome(one, other) is Outcome.REVIEW


def test_a_namesake_abroad_needs_more_than_its_name():
    one, other = party("Lunvor Tessmar Kadbren"), party("Lunvor Tessmar Kadbren", country="TR")
    assert outcome(one, other) is not Outcome.SAME
    one, other = party("Lunvor Tessmar", email=EMAIL), party("Lunvor Tessmar", country="TR")
    assert outcome(one, other) is not Outcome.SAME


def test_a_usual_word_says_less_than_a_rare_one():
    usual = known(words={"himprom": 20_000})
    one, other = party("Химпром"), party("HIMPROM")
    assert compare(one, other, usual).bits < compare(one, other, known()).bits


def test_initials_stand_for_their_words_and_for_no_others():
    full = party("ИП Осинцева Алия Болатовна", phone=PHONE)
    assert outcome(full, party("ИП Осинцева А.Б.", phone=PHONE)) is Outcome.SAME
    one, other = party("ИП Осинцева А.Б.", phone=PHONE), party("ИП Осинцева К.Б.", phone=PHONE)
    assert outcome(one, other) is not Outcome.SAME


def test_a_chain_does_not_join_what_holds_different_numbers():
    parties = [
        party("Химпром", key=1, phone=PHONE, bin="190340000176"),
        party("HIMPROM", key=2, phone=PHONE, email=EMAIL),
        party("Himprom", key=3, email=EMAIL, bin="180240017325"),
    ]
    pairs = [(0, 1), (0, 2), (1, 2)]
    compared = {(a, b): compare(parties[a], parties[b], known()) for a, b in pairs}
    assert [compared[pair].outcome for pair in pairs] == ["same", "different", "same"]
    with_known = partial(compare, known=known())
    (group,) = clusters(parties, compared, with_known)
    assert len(group) == 2
    assert clusters(parties, dict(reversed(compared.items())), with_known) == [group]


@pytest.mark.parametrize(
    ("holvan", "polvan", "is_near"),
    [(0, 0, True), (9, 1, True), (4, 3, False), (400, 3, True), (400, 300, False)],
)
def test_of_two_words_that_several_names_have_neither_is_a_slip(holvan, polvan, is_near):
    words = known(words={"holvan": holvan, "polvan": polvan})
    one, other = party("Holvan Kimyo", phone=PHONE), party("Polvan Kimyo", phone=PHONE)
    assert (outcome(one, other, words) is Outcome.SAME) is is_near


def test_a_name_in_syllables_may_begin_with_another_part():
    one = party("益福瑞恒泰天津涛有限公司", country="CN")
    other = party("FU RUI HENG TAI TIAN JIN TAO YI Co., Ltd", country="CN")
    assert outcome(one, other) is Outcome.SAME
    assert blocking_keys(one) & blocking_keys(other)
    assert outcome(one, party("FU RUI HENG TAI TIAN JIN YI TAO Co., Ltd", country="CN")) is not (
        Outcome.SAME
    )


def test_a_number_in_a_name_says_no_more_than_its_digits():
    rare = Rarity({}, 10_000_000)
    assert [round(rare.number_bits(number), 1) for number in ("7", "73", "512", "51234567")] == [
        3.3, 6.6, 10.0, 13.3,
    ]  # fmt: skip
    assert Rarity({"#512": 2**16}, 100_000).number_bits("512") == 2.0


def said(outcome, bits=20.0):
    return Comparison(outcome, bits, 1.0, ())


SAME, REVIEW, DIFFERENT = map(said, Outcome)


@pytest.mark.parametrize(
    ("across", "joined"),
    [
        ({(0, 2): DIFFERENT}, [[0, 1, 2, 3]]),
        ({(0, 2): REVIEW, (0, 3): REVIEW}, [[0, 1, 2, 3]]),
        ({(0, 2): REVIEW, (0, 3): REVIEW, (1, 3): DIFFERENT}, [[0, 1, 2]]),
        ({(0, 2): DIFFERENT, (0, 3): DIFFERENT, (1, 3): DIFFERENT}, [[0, 1, 2]]),
    ],
)
def test_a_chain_joins_when_what_it_joins_says_so_though_no_key_led_there(across, joined):
    """Pairs along the chain alone were compared before; those across it are when groups meet."""
    parties = [party(f"Lunvor {n}", key=n) for n in range(4)]
    along = {(0, 1): said(Outcome.SAME, 30), (1, 2): SAME, (2, 3): said(Outcome.SAME, 15)}
    asked = []

    def compare_also(one, other):
        pair = one.record.key, other.record.key
        asked.append(pair)
        return across.get(pair, SAME)

    assert clusters(parties, along, compare_also) == joined
    assert not set(asked) & set(along)
    assert clusters(parties, dict(reversed(along.items())), compare_also) == joined


def test_a_further_slip_counts_more_than_the_first():
    """Of «Turmelmel» and «Turmormel» neither is the other misspelt as often as «Turmelmal» is."""
    bits = [
        compare(party("Turmelmel Aydin"), party(f"{word} Aydin"), known()).bits
        for word in ("Turmelmel", "Turmelmal", "Turmormel")
    ]
    assert bits[0] - bits[1] < bits[1] - bits[2]
    assert bits[1] - bits[2] > 5
