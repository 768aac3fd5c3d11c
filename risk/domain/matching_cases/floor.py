"""What the engine has reached on the frozen cases and may not fall under again."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from risk.domain.matching_cases.evaluate import ClassResult

INNOCENT_CLASSES = (
    "innocent-exact", "innocent-misspelt", "innocent-chinese", "tariff-ru", "tariff-en",
)  # fmt: skip


class Floor(NamedTuple):
    """Of a class: least found, least right verdicts, most lines with a false alarm."""

    found: int
    verdicts_right: int
    false_alarms: int


def floor_of(results: Mapping[str, ClassResult]) -> dict[str, Floor]:
    """The floor that these results set."""
    return {
        name: Floor(result.found, result.verdicts_right, result.lines_with_false_alarm)
        for name, result in results.items()
    }


def losses(floors: Mapping[str, Floor], before: Mapping[str, Floor]) -> list[str]:
    """What is lost over all classes together against an earlier floor: a class may give way
    to another, their sum may not."""
    said: list[str] = []
    if not before:
        return said
    for field, sign in (("found", 1), ("verdicts_right", 1), ("false_alarms", -1)):
        now, then = (sum(getattr(one, field) for one in part.values()) for part in (floors, before))
        if sign * (now - then) < 0:
            said.append(f"{field}: {now} now, {then} before")
    return said


def breaches(results: Mapping[str, ClassResult], floors: Mapping[str, Floor]) -> list[str]:
    """Sentences about every class that is worse than its floor."""
    said = []
    for name, floor in floors.items():
        result = results[name]
        if result.found < floor.found:
            said.append(f"{name}: {result.found} of {result.expected} found, floor {floor.found}")
        if result.verdicts_right < floor.verdicts_right:
            said.append(f"{name}: {result.verdicts_right} verdicts, floor {floor.verdicts_right}")
        if result.lines_with_false_alarm > floor.false_alarms:
            said.append(
                f"{name}: {result.lines_with_false_alarm} lines with a false alarm,"
                f" at most {floor.false_alarms}"
            )
    return said


def read_floor(path: Path) -> dict[str, Floor]:
    """The floors of a file; empty when there is none."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["class"]: Floor(
                int(row["found"]), int(row["verdicts_right"]), int(row["false_alarms"])
            )
            for row in csv.DictReader(stream)
        }


def write_floor(path: Path, floors: Mapping[str, Floor]) -> None:
    """Write the floors in the order of their classes."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("class", *Floor._fields))
        writer.writerows((name, *floor) for name, floor in floors.items())
