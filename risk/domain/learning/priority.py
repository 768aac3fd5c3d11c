"""How an active model may move what is worked on first, and nothing else."""

import math

MOST_POINTS = 15.0
"""What a model adds to the place of a declaration in a queue, at most; scores are 0 to 100."""


def priority(score: float, raw_score: float | None) -> float:
    """The rule score with up to :data:`MOST_POINTS` of a model's on top; never below the score.

    No lane is read from it: two declarations apart by more than that stand as the rules say.

    >>> priority(40, None), priority(40, 0)
    (40.0, 47.5)
    """
    if raw_score is None:
        return float(score)
    return float(score) + MOST_POINTS / (1 + math.exp(-raw_score))
