"""Which headings of the harmonised system there can be, whatever edition a code is of.

The chapters and the last heading of each are published facts; they are the highest of the
editions of 1988 to 2022, so a code of any of them passes. Headings that were deleted inside
a chapter, and everything behind the fourth digit, are not judged here: no edition with its
dates is at hand. ``fixtures/goods/hs6_en.csv`` has the last heading of every chapter but 08, 29,
65, 70, 80, 81, 89 and 96; those eight have no source in the project and want one.
"""

# Last heading of chapters 01 to 97; chapter 77 is reserved and has none.
_LAST_HEADINGS = (
    *(6, 10, 9, 10, 11, 4, 14, 14, 10, 8, 9, 14, 2, 4, 22, 5, 4, 6, 5, 9, 6, 9, 9, 4),
    *(30, 21, 16, 53, 42, 6, 5, 15, 7, 7, 7, 6, 7, 27, 26, 17, 15, 6, 4, 21, 4, 2, 7),
    *(23, 11, 7, 13, 12, 11, 8, 16, 9, 5, 11, 11, 6, 17, 17, 10, 6, 7, 3, 4, 15, 14),
    *(20, 18, 29, 26, 19, 8, 16, 0, 6, 7, 7, 13, 15, 11, 87, 49, 9, 16, 7, 8, 33, 14, 9),
    *(7, 6, 8, 20, 6),
)
# Left to administrations for special provisions.
_NATIONAL_CHAPTERS = frozenset({98, 99})


def has_known_heading(commodity_code: str) -> bool:
    """Whether the first four digits of a code can be a heading of some edition.

    >>> has_known_heading("2915240000"), has_known_heading("2999000000")
    (True, False)
    >>> has_known_heading("7701000000"), has_known_heading("9901000000")
    (False, True)
    """
    chapter, heading = int(commodity_code[:2]), int(commodity_code[2:4])
    if chapter in _NATIONAL_CHAPTERS:
        return True
    return 1 <= chapter <= len(_LAST_HEADINGS) and 1 <= heading <= _LAST_HEADINGS[chapter - 1]
