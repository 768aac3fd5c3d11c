"""What an act leaves out of a scope, as far as the engine understands its words.

Understood: salts except those of named acids. Other exceptions are shown to people only.
"""

import re

from risk.domain.matching.vocabulary import squeezed_key
from risk.domain.substances import ListEntry, Scope

# Beginning of an acid's name in an act → first block of the acid's InChIKey.
_ACIDS = (
    (r"hydrochloric|hydrogen chloride|солян|хлористоводородн|хлороводородн", "VEXZGXHMUGYJMC"),
    (r"sul(?:ph|f)uric|серн", "QAOWNCQODCNURD"),
    (r"acetic|уксусн", "QTBSBXVTEAMEQO"),
    (r"hydrobromic|hydrogen bromide|бромистоводородн|бромоводородн", "CPELXLSAUQHCOX"),
    (r"phosphoric|фосфорн", "NBIIXXVUZAFLBC"),
    (r"nitric|азотн", "GRYLNZFGIOXLOG"),
)
_PATTERNS = tuple((re.compile(rf"\b(?:{words})", re.IGNORECASE), key) for words, key in _ACIDS)
_SALT_WORDS = tuple(
    (re.compile(rf"[\s-]*(?:{words})", re.IGNORECASE), key)
    for words, key in (
        (r"(?:di)?hydrochloride|chloride|(?:ди)?гидрохлорид|хлорид", "VEXZGXHMUGYJMC"),
        (r"\w*sul(?:ph|f)ate|\w*сульфат", "QAOWNCQODCNURD"),
        (r"acetate|ацетат", "QTBSBXVTEAMEQO"),
        (r"hydrobromide|bromide|гидробромид|бромид", "CPELXLSAUQHCOX"),
        (r"\w*phosphate|\w*фосфат", "NBIIXXVUZAFLBC"),
        (r"nitrate|нитрат", "GRYLNZFGIOXLOG"),
    )
)
_REACH = 30


def excepted_acids(entry: ListEntry) -> frozenset[str]:
    """Acids whose salts the entry leaves out, each as the first block of its InChIKey.

    >>> from risk.domain.substances import ScopeException, SubstanceKind
    >>> words = ScopeException(scope=Scope.SALTS, wording="of hydrochloric and sulphuric acid")
    >>> entry = ListEntry(list_code="A", substance_key="x", schedule="", form="", form_name="x",
    ...                   kind=SubstanceKind.PRECURSOR, exceptions=(words,))
    >>> sorted(excepted_acids(entry))
    ['QAOWNCQODCNURD', 'VEXZGXHMUGYJMC']
    """
    wording = " ".join(one.wording for one in entry.exceptions if one.scope is Scope.SALTS)
    return frozenset(key for pattern, key in _PATTERNS if pattern.search(wording))


def salt_acid(text: str, end: int) -> str:
    """The acid of the salt that the word behind ``text[:end]`` makes of a name; blank for none.

    >>> salt_acid("ephedrine hydrochloride", 9)
    'VEXZGXHMUGYJMC'
    """
    return _salt(text, end)[1]


def names_salt(text: str, end: int, name_key: str, innocent_key: str) -> bool:
    """Whether an innocent name is a listed one and the salt's word behind ``text[:end]``, and
    nothing else; both names squeezed.

    A reference may have the name for another molecule ("ephedrine phosphate" is an ester there).

    >>> names_salt("Ephedrine phosphate, 25 kg", 9, "ephedrine", "ephedrinephosphate")
    True
    """
    word = _salt(text, end)[0]
    rest = innocent_key.removesuffix(squeezed_key(word)[0]) if word else innocent_key
    return rest != innocent_key and bool(rest) and name_key.endswith(rest)


def _salt(text: str, end: int) -> tuple[str, str]:
    """The salt's word behind a name, and its acid; blank for none."""
    after = text[end : end + _REACH]
    found = ((pattern.match(after), key) for pattern, key in _SALT_WORDS)
    return next(((one[0], key) for one, key in found if one), ("", ""))
