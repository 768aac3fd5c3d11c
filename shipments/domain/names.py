"""Names of traders and what identifies them, brought to the form in which they can meet."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import phonenumbers

from shipments.domain.errors import InvalidValue
from shipments.domain.values import IdentifierKind

# Single words, and words in a row, that say the legal form of a trader and not its name.
_LEGAL_FORMS = """
    тоо ооо оао зао ао пао нао ип чп чуп чтуп уп гп ргп кгп фгуп гуп нпо пк одо кх фх
    жшс ақ жк жпс қб мкк
    llc llp ltd limited inc incorporated corp corporation plc lp co company pte pvt fze fzco fzc
    jsc ojsc cjsc pjsc too ooo oao zao ao pao
    gmbh ag kg ug ohg gbr mbh sa sas sarl srl spa bv nv oy ab as sro
    aş şti tic san paz
    mchj mchzh aj xk qk yatt
"""
_LEGAL_WORDS = frozenset(_LEGAL_FORMS.split())
_LEGAL_PHRASES: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "товарищество с ограниченной ответственностью",
        "общество с ограниченной ответственностью",
        "общество с дополнительной ответственностью",
        "акционерное общество",
        "открытое акционерное общество",
        "закрытое акционерное общество",
        "публичное акционерное общество",
        "индивидуальный предприниматель",
        "крестьянское хозяйство",
        "жауапкершілігі шектеулі серіктестігі",
        "жауапкершілігі шектеулі серіктестік",
        "акционерлік қоғамы",
        "акционерлік қоғам",
        "жеке кәсіпкер",
        "limited liability partnership",
        "limited liability company",
        "joint stock company",
        "gmbh co kg",
        "anonim şirketi",
        "limited şirketi",
        "sanayi ve ticaret",
        "mas uliyati cheklangan jamiyati",
        "масъулияти чекланган жамияти",
        "aksiyadorlik jamiyati",
        "s p a",
        "s r l",
        "l l c",
    )
)
# Longest first, so that a shorter form does not leave half of a longer one behind.
_CHINESE_FORMS = ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "公司")

# Forms under which a natural person trades, and words of the trade that names of people hold too.
_NOT_CORPORATE = frozenset(["ип", "чп", "жк", "кх", "фх", "yatt", "san", "paz"])
_SOLE_TRADERS = ("индивидуальный предприниматель", "крестьянское хозяйство", "жеке кәсіпкер")

_DROPPED = re.compile(r"[.'’ʼʻ`´]")
_NOT_WORD = re.compile(r"[^\w]+|_")


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Casefolding the dotted capital I leaves a combining dot behind it.
    folded = unicodedata.normalize("NFKC", folded.replace("i\u0307", "i"))
    return _NOT_WORD.sub(" ", _DROPPED.sub("", folded)).split()


def normalise_trader_name(name: str) -> str:
    """The name without legal form, quotes, punctuation and case; its script is kept.

    Words in a row keep their order. A name that is nothing but a legal form stays as it
    is, so that the result is empty only when no letter or digit was given.

    >>> normalise_trader_name('ТОО "Химпром-Азия"'), normalise_trader_name("Khimprom L.L.C.")
    ('химпром азия', 'khimprom')
    >>> normalise_trader_name("上海化工有限公司")
    '上海化工'
    """
    words = _words(name)
    kept = _without_legal_forms(words)
    return " ".join(kept or words)


def has_corporate_form(name: str) -> bool:
    """Whether the name says the legal form of a firm, not that of a sole trader or none.

    >>> has_corporate_form("ТОО «Реактив»"), has_corporate_form("ИП Иванов")
    (True, False)
    """
    words = _words(name)
    if _NOT_CORPORATE & set(words) or any(form in " ".join(words) for form in _SOLE_TRADERS):
        return False
    return _without_legal_forms(words) != words


def _without_legal_forms(words: list[str]) -> list[str]:
    shortened = True
    while words and shortened:
        shortened = False
        for phrase in _LEGAL_PHRASES:
            size = len(phrase)
            if tuple(words[:size]) == phrase:
                words, shortened = words[size:], True
            elif tuple(words[-size:]) == phrase:
                words, shortened = words[:-size], True
        if words and words[0] in _LEGAL_WORDS:
            words, shortened = words[1:], True
        if words and words[-1] in _LEGAL_WORDS:
            words, shortened = words[:-1], True
    if words:
        last = words[-1]
        for form in _CHINESE_FORMS:
            if last.endswith(form) and last != form:
                return [*words[:-1], last.removesuffix(form)]
    return words


_CYRILLIC_LETTERS = "абвгдеёзийклмнопрстуфыэәғқңөұүһіўҳљњџ"
_LATIN_LETTERS = "abvgdeeziiklmnoprstufieagknouuhiohlnj"
_TO_LATIN = str.maketrans(
    {
        **dict(zip(_CYRILLIC_LETTERS, _LATIN_LETTERS, strict=True)),
        **{"ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch"},
        **{"ъ": "", "ь": "", "ю": "iu", "я": "ia", "ї": "i", "є": "e", "ґ": "g"},
        **{"ı": "i", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae"},
    }
)
# One sound, several habits of spelling it in Latin letters.
_SPELLINGS = (("shch", "sch"), ("kh", "h"), ("ph", "f"), ("ck", "k"), ("x", "ks"), ("w", "v"))
_SPELLINGS_OF_I = (("y", "i"), ("j", "i"))
_DOUBLED = re.compile(r"(.)\1+")


def latin_key(name: str) -> str:
    """A lossy Latin key under which one name meets itself in another script.

    Built on :func:`normalise_trader_name`; different names may share a key, so it only
    proposes candidates. Chinese characters stay: they have no spelling without a lexicon.

    >>> latin_key('ТОО "Химпром"') == latin_key("Khimprom LLC")
    True
    """
    text = normalise_trader_name(name).translate(_TO_LATIN)
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    for spelling, sound in (*_SPELLINGS, *_SPELLINGS_OF_I):
        plain = plain.replace(spelling, sound)
    return _DOUBLED.sub(r"\1", plain)


@lru_cache(maxsize=65_536)
def normalise_identifier(kind: IdentifierKind, value: str, country: str = "KZ") -> str:
    """The one spelling of an identifier; raises ``<kind>_invalid`` (as ``phone_invalid``).

    ``country`` says how a phone number without a country prefix is read. A wrong check
    digit of a BIN or IIN is not an error here: such numbers are declared and must be
    findable; :func:`shipments.domain.values.is_bin_valid` tells.

    >>> normalise_identifier(IdentifierKind.PHONE, "8 (727) 258-00-00")
    '+77272580000'
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if kind is IdentifierKind.PHONE:
        return _phone(text, country)
    normalise, pattern, allowed = _IDENTIFIER_RULES[kind]
    found = normalise(text)
    if not pattern.fullmatch(found):
        raise InvalidValue(f"{kind.value}_invalid", value=value, allowed=allowed)
    return found


def plate(vehicle: str) -> str:
    """A declared vehicle in the spelling of identifiers; empty when it is no plate or number.

    >>> plate("123 АВС 02"), plate("-")
    ('123ABC02', '')
    """
    try:
        return normalise_identifier(IdentifierKind.VEHICLE, vehicle) if vehicle else ""
    except InvalidValue:
        return ""


def _phone(text: str, country: str) -> str:
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidValue("phone_invalid", value=text, allowed="a phone number of its country")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


_SEPARATORS = re.compile(r"[\s\-./\\()]+")


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()


def _email(text: str) -> str:
    return text.casefold().removeprefix("mailto:")


def _wallet(text: str) -> str:
    """Base58 addresses tell capitals from small letters; hexadecimal and bech32 do not."""
    lowered = text.lower()
    return lowered if lowered.startswith(("0x", "bc1", "ltc1")) else text


def _card(text: str) -> str:
    """Lists of blocked cards hide digits in different ways."""
    return re.sub(r"[X•●xх]", "*", _compact(text), flags=re.IGNORECASE)


def _account_name(text: str) -> str:
    """A name in a messenger or market place, or the address of its page."""
    text = unicodedata.normalize("NFKC", text.casefold())
    return re.split(r"[?#]", text)[0].rstrip("/").rpartition("/")[2].removeprefix("@")


def _website(text: str) -> str:
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.casefold())
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    return host.removeprefix("www.").rstrip(".")


# Number plates use only the Cyrillic letters that look like Latin ones.
_PLATE_LETTERS = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")


def _vehicle(text: str) -> str:
    return _compact(text).translate(_PLATE_LETTERS)


_ADDRESS_WORDS = {
    **dict.fromkeys(("улица", "ул", "көшесі", "көш", "street", "str", "st", "sokak", "sok"), "ul"),
    **dict.fromkeys(("проспект", "пр", "просп", "прт", "даңғылы", "даң", "avenue", "ave"), "pr"),
    **dict.fromkeys(("переулок", "пер", "lane"), "per"),
    **dict.fromkeys(("микрорайон", "мкр", "мкрн", "ықшамаудан", "microdistrict"), "mkr"),
    **dict.fromkeys(("дом", "д", "үй", "house", "bldg", "building", "no"), ""),
    **dict.fromkeys(("квартира", "кв", "пәтер", "apt", "apartment", "flat"), "kv"),
    **dict.fromkeys(("офис", "оф", "кеңсе", "office", "room", "каб"), "of"),
    **dict.fromkeys(("город", "г", "қаласы", "қ", "city"), ""),
    **dict.fromkeys(("область", "обл", "облысы", "region", "oblast"), "obl"),
    **dict.fromkeys(("район", "рн", "ауданы", "district"), "rn"),
    **dict.fromkeys(("корпус", "корп", "к"), "k"),
}


def _address(text: str) -> str:
    hyphenated = text.casefold().replace("пр-т", "пр").replace("р-н", "рн").replace("м-н", "мкр")
    words = (_ADDRESS_WORDS.get(word, word) for word in _words(hyphenated))
    return " ".join(word for word in words if word)


_TWELVE_DIGITS = re.compile(r"[0-9]{12}")
_IDENTIFIER_RULES: dict[IdentifierKind, tuple[Callable[[str], str], re.Pattern[str], str]] = {
    IdentifierKind.BIN: (_compact, _TWELVE_DIGITS, "12 digits"),
    IdentifierKind.IIN: (_compact, _TWELVE_DIGITS, "12 digits"),
    IdentifierKind.TAX_ID: (_compact, re.compile(r"\w{4,30}"), "4 to 30 letters and digits"),
    IdentifierKind.EMAIL: (
        _email,
        re.compile(r"(?=.{6,254}$)[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+"),
        "name@host.domain",
    ),
    IdentifierKind.BANK_ACCOUNT: (
        _compact,
        re.compile(r"[0-9A-Z]{4,34}"),
        "4 to 34 Latin letters and digits",
    ),
    IdentifierKind.WALLET: (_wallet, re.compile(r"[0-9A-Za-z:]{8,128}"), "8 to 128 characters"),
    IdentifierKind.WEBSITE: (
        _website,
        re.compile(r"(?=.{4,253}$)[\w-]+(\.[\w-]+)+"),
        "a host name",
    ),
    IdentifierKind.VEHICLE: (_vehicle, re.compile(r"\w{2,30}"), "2 to 30 letters and digits"),
    IdentifierKind.CONTAINER: (
        _compact,
        re.compile(r"[0-9A-Z]{4,17}"),
        "4 to 17 letters and digits",
    ),
    IdentifierKind.CARD: (
        _card,
        re.compile(r"[0-9]{6}[0-9*]{2,9}[0-9]{4}"),
        "12 to 19 digits, * for those between the first six and the last four",
    ),
    IdentifierKind.ACCOUNT_NAME: (
        _account_name,
        re.compile(r"[^\s@]{2,100}"),
        "2 to 100 characters without spaces",
    ),
    IdentifierKind.ADDRESS: (_address, re.compile(r".{3,500}"), "3 to 500 characters"),
}
