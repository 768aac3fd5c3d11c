"""What may stand between two characters of a name."""

from typing import Final


class Boundary:
    """What stood in front of a squeezed character in the original text.

    Plain numbers, in their order: looking up a member of an enumeration costs more than the
    comparison, and there is one for every character of every text.
    """

    NONE: Final = 0
    CLASS: Final = 1
    JOINT: Final = 2
    SPACE: Final = 3
