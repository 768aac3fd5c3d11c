"""What may stand between two characters of a name."""

from enum import IntEnum


class Boundary(IntEnum):
    """What stood in front of a squeezed character in the original text."""

    NONE = 0
    CLASS = 1
    JOINT = 2
    SPACE = 3
