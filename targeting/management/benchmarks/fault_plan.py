"""Which process dies when: seeded, spread over the work of a batch."""

import random
from enum import StrEnum
from typing import NamedTuple

LONGEST_DELAY_SECONDS = 0.5
FIRST, LAST = 0.01, 0.95
"""The share of the work between which faults fall; the rest of it outlasts the longest delay."""


class Victim(StrEnum):
    """What is hurt: a whole part or host with SIGKILL, one process, or PostgreSQL at once."""

    WORKER = "worker"
    WORKER_CHILD = "one worker process"
    WEB = "web"
    REDIS = "Redis"
    HOST = "another host with its workers"
    POSTGRES = "PostgreSQL, immediate restart"


class Fault(NamedTuple):
    """``at`` is the share of the batch's stage runs made and done by then.

    A negative one falls into the upload. ``delay`` moves it into a stage, in seconds.
    """

    at: float
    delay: float
    victim: Victim
    place: int


def plan_faults(
    *, seed: int, kills: int, restarts: int, is_distributed: bool = False
) -> list[Fault]:
    """``kills`` SIGKILLs and ``restarts`` of PostgreSQL, in the order in which they happen.

    Every kind of process is hit about equally often, hosts like one of them. The work is cut
    into as many parts as there are faults, and one falls somewhere into each; of the web's
    kills the first one falls into the upload.
    """
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    kinds = [Victim.WORKER, Victim.WEB, Victim.REDIS, Victim.WORKER_CHILD]
    kinds += [Victim.HOST] if is_distributed else []
    victims = [kinds[place % len(kinds)] for place in range(kills)]
    victims += [Victim.POSTGRES] * restarts
    draw.shuffle(victims)
    part = (LAST - FIRST) / len(victims)
    faults = [
        Fault(
            at=FIRST + part * (place + draw.random()),
            delay=draw.uniform(0, LONGEST_DELAY_SECONDS),
            victim=victim,
            place=place,
        )
        for place, victim in enumerate(victims)
    ]
    uploads = [place for place, fault in enumerate(faults) if fault.victim is Victim.WEB]
    if uploads:
        faults[uploads[0]] = faults[uploads[0]]._replace(at=-1.0)
    return sorted(faults)
