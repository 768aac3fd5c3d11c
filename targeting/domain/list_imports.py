"""How far an import of a long sheet is."""

from enum import StrEnum

MOST_RUNNING = 3
"""Of one person at a time."""
MOST_SHOWN = 500
"""So many changes of each sort are shown on a page; the preview has them all."""


class ImportState(StrEnum):
    """``previewed`` waits for its confirmation; ``written`` is in the draft."""

    READING = "reading"
    PREVIEWED = "previewed"
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"


def import_state(job_state: str, *, is_confirmed: bool, is_written: bool) -> ImportState:
    """The state as its job and what is stored tell it.

    >>> import_state("running", is_confirmed=True, is_written=False).value
    'writing'
    >>> import_state("done", is_confirmed=False, is_written=False).value
    'previewed'
    """
    if is_written:
        return ImportState.WRITTEN
    if job_state == "running":
        return ImportState.WRITING if is_confirmed else ImportState.READING
    return ImportState.PREVIEWED if job_state == "done" else ImportState.FAILED
