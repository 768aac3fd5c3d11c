"""A name that is but a piece of a longer systematic name, or of one in the order of an index."""

import re

# Joined without a space to the rest of a systematic name: ")piperidine", "piperidin-4-yl".
_LOCANT = r"(?:\d[\d,']*|[nopmαβγпом])"
_PART_BEFORE = re.compile(
    rf"(?:[)\]}}]-?(?:{_LOCANT}-)?|[a-zа-я]{{3,}}-{_LOCANT}-|(?<![\w-])[nopmαβγпом]-"
    r"|poly\s?[(\[]|поли\s?[(\[])$"
)
# What these patterns, and those of hyphens, end and begin with; a line may end behind them.
_ENDS_OF_PARTS, _BEGINNINGS_OF_PARTS = frozenset(")]}([-‐‑\n"), frozenset("),-")
# Inverted names of indexes: "acetic acid, chloro-, butyl ester", but not "norephedrine, (-)-".
_STEREO_AFTER = r"-?[\s,]*\(?(?:alpha|beta|α|β)?[dlrsez±+\-.*,()\d]{1,14}\)?-(?=[\s,;)]|$)"
_INVERTED_AFTER = re.compile(
    rf"^(?!{_STEREO_AFTER})"
    r"(?:-,\s?(?:\d[\d,']*-|\(|\S+-(?=[,\s])|\S*(?:ester|salt|ide|ate)\b"
    r"|(?:\S+ ){1,3}(?:ester|salt)\b)"
    r"|,\s*(?:\S*-(?:[,;)\s]|$)|\d[\d,']*-[a-z]|(?:\S+ )?(?:ester|salt)\b"
    r"|[(\[]{1,3}\d|(?:alpha|beta|gamma)-\w*(?:o|yl|oxy)\b|(?:bis|tris)\())"
)
_ETHER_NAME = re.compile(r"(?:эфир\w{0,2}|ether)$")
_OF_AN_ALCOHOL_AFTER = re.compile(
    r"^\s+(?:\w+(?:ой|овой|ной) )?(?:кислоты|\w*гликол\w*|\w*фенола|глицерина)|^ of \w"
)
# "эфир серной" in "эфир серной кислоты" is no misspelt "эфир серный".
_ETHER_OF_ACID = re.compile(r"^эфир\w{0,2} \w+ой$", re.IGNORECASE)
_ACID_AFTER = re.compile(r"^\s*(?:кислот|к-т|кисл)")
_STEREO_BEFORE = re.compile(r"(?:^|[\s;,])\((?:[rsez±+\-\d,/]*|[a-zа-я]{1,5}\.?)\)-?$")
_PART_AFTER = re.compile(
    r"\)-|-(?:\(?\d[\d,']*[a-z]?\)?-)+[a-zа-я(]|-(?:\d+-)?(?:yl|diyl|oxy|co-|carb|sul)"
    r"|-(?:tert|sec|iso|cyclo)-?[a-z]"
)
# A hyphen without a space makes one name of two, but for stereo marks and grades.
_HYPHENATED_BEFORE = re.compile(r"[a-zа-я\d)\].][-‐‑]\d{0,2}$")
_MAY_BE_HYPHENATED = re.compile(
    r"(?<![\w-])(?:dl?|l|rac|rs?|s|e|z|n|cis|trans|psi|tech\w*|chem\w*|pure|bio|техн?|хим|eco|no)[-‐‑]$"
    r"|(?:^|[\s,;])\([^()\s]{1,9}\)-$|\)-\([^()\s]{1,9}\)-$"
)
# "indole acetic acid", "methylguanidino acetic acid".
_ACETIC = re.compile(r"(?:acetic|ethanoic|propionic|benzoic|formic) acid$", re.IGNORECASE)
_SUBSTITUENT_BEFORE = re.compile(
    r"(?:yl|oxy|oxo|amino|amido|imino|idino|imido|idene|indole|pyridine|thio|nitrilo|oxidanylidene|azole|yl[)\]])"
    r"[\s-]*$"
)
_BRACKET = re.compile(r"[()\[\]{}]")
# "2-Butanone (methyl ethyl ketone" goes on with "; MEK)".
_REST_OF_BRACKET = re.compile(r"\s?[;,/=][^()]{0,40}\)")
# Of "AA-21338" the letters are those of an article number; "MEK-160 kg" and "AA-99 %" are goods.
_LONGEST_CODE = 4
_ARTICLE_AFTER = re.compile(
    r"[-–]\d{3,}(?![\w-]|[.,]\d|\s{0,2}(?:%|kg|кг|g|г|t|т|mt|тонн|l|л|ml|мл|liters?|litres?|литр|drums?|бочк)"
    r"(?![^\W\d_]))"
)


def is_part_of_name(before: str, name: str, after: str) -> bool:
    """Whether the name is a piece of a longer systematic name."""
    if _BRACKET.search(name) and any(
        name.count(opening) != name.count(closing) for opening, closing in ("()", "[]", "{}")
    ):
        return not (name.count("(") - name.count(")") == 1 and _REST_OF_BRACKET.match(after))
    if len(name) <= _LONGEST_CODE and name.isupper() and _ARTICLE_AFTER.match(after):
        return True
    last = before[-1:]
    if last in _ENDS_OF_PARTS or last.isdecimal():
        if _PART_BEFORE.search(before) and not _STEREO_BEFORE.search(before):
            return True
        if _HYPHENATED_BEFORE.search(before) and not _MAY_BE_HYPHENATED.search(before):
            return True
    if _ACETIC.search(name) and _SUBSTITUENT_BEFORE.search(before):
        return True
    if _ETHER_OF_ACID.search(name) and _ACID_AFTER.match(after):
        return True
    if _ETHER_NAME.search(name.lower()) and _OF_AN_ALCOHOL_AFTER.match(after):
        return True
    if after[:1] not in _BEGINNINGS_OF_PARTS:
        return False
    return bool(_PART_AFTER.match(after) or _INVERTED_AFTER.match(after))
