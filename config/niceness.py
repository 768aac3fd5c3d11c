"""How much processes stand back behind all others on this machine, in the system's own measure."""

import os
import time
from contextlib import suppress
from pathlib import Path

# The system takes one such wish in a tenth of a second from an ordinary user.
_WISHES = 3
_BETWEEN_WISHES_SECONDS = 0.11


def set_niceness(leader: int, niceness: int) -> None:
    """Give the group of processes that ``leader`` leads, and what it starts later, this niceness.

    Where Linux shares the processor out among sessions first (sched(7), autogroup), niceness counts
    only inside one session; then the session of the process takes the same niceness. Of the
    errors of ``os.setpriority`` PermissionError and ProcessLookupError are to be expected.
    """
    os.setpriority(os.PRIO_PGRP, leader, niceness)
    session = Path(f"/proc/{leader}/autogroup")
    for _ in range(_WISHES):
        # Not on every system, and not always ours to write.
        with suppress(FileNotFoundError, PermissionError, ProcessLookupError):
            try:
                session.write_text(f"{niceness}\n", encoding="ascii")
            except BlockingIOError:
                time.sleep(_BETWEEN_WISHES_SECONDS)
                continue
        return
