"""Judge the matching engine on the labelled cases."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from risk.domain.matching_cases.case import FILES, FROZEN, TUNED, read_cases
from risk.domain.matching_cases.engines import ShippedLists
from risk.domain.matching_cases.evaluate import (
    ClassResult,
    Judged,
    by_class,
    evaluate,
    flagged_per_thousand,
    overall,
    wilson,
)
from risk.domain.matching_cases.floor import (
    INNOCENT_CLASSES,
    floor_of,
    losses,
    read_floor,
    write_floor,
)

_MISSES = ("case_id", "class", "lang", "text", "code", "select", "missed", "answered")
_ALARMS = ("case_id", "class", "lang", "text", "code", "select", "flagged", "matched_text", "score")
_VERDICTS = ("case_id", "class", "text", "select", "expected", "answered")


class Command(BaseCommand):
    help = (
        "Recall, precision (95 % intervals), verdicts and false alarms of the engine on the"
        " labelled cases, by class. With --out every miss, false alarm and wrong verdict as CSV."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--part", choices=(TUNED, FROZEN), default=FROZEN)
        parser.add_argument("--out", type=Path, help="folder for the CSV files of errors")
        parser.add_argument(
            "--raise-floor",
            action="store_true",
            help="hold the engine to what it reaches now (frozen part only)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["raise_floor"] and options["part"] != FROZEN:
            raise CommandError("--raise-floor works on --part frozen")
        fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
        cases = read_cases(fixtures / "matching" / FILES[options["part"]])
        judged = evaluate(cases, ShippedLists(fixtures))
        self._print(judged)
        if options["out"]:
            options["out"].mkdir(parents=True, exist_ok=True)
            _write_errors(options["out"], judged)
        if options["raise_floor"]:
            path = fixtures / "matching" / "floor.csv"
            floors = floor_of(by_class(judged))
            if lost := losses(floors, read_floor(path)):
                raise CommandError(f"worse over all classes, floor kept: {'; '.join(lost)}")
            write_floor(path, floors)
            self.stdout.write(f"raised {path}")

    def _print(self, judged: Sequence[Judged]) -> None:
        self.stdout.write(
            f"{'class':30}{'cases':>6}  {'recall':22}{'precision':22}{'alarms':>7}{'verdicts':>10}"
        )
        for name, result in (*by_class(judged).items(), ("all", overall(judged))):
            self.stdout.write(_line(name, result))
        rate = flagged_per_thousand(judged, INNOCENT_CLASSES)
        self.stdout.write(f"flagged per 1,000 innocent lines: {rate:.2f}")


def _line(name: str, result: ClassResult) -> str:
    recall = _share(result.found, result.expected)
    precision = _share(result.flagged_right, result.flagged_right + result.false_alarms)
    verdicts = result.verdict_accuracy
    shown = "" if verdicts is None else f"{verdicts:.3f}"
    return (
        f"{name:30}{result.cases:6}  {recall:22}{precision:22}"
        f"{result.lines_with_false_alarm:7}{shown:>10}"
    )


def _share(right: int, total: int) -> str:
    if not total:
        return ""
    low, high = wilson(right, total)
    return f"{right / total:.3f} [{low:.3f}, {high:.3f}]"


def _write_errors(folder: Path, judged: Iterable[Judged]) -> None:
    misses: list[tuple[object, ...]] = []
    alarms: list[tuple[object, ...]] = []
    verdicts: list[tuple[object, ...]] = []
    for one in judged:
        case = one.case
        asked = (case.case_id, case.class_name, case.lang, case.text, case.commodity_code)
        if one.missed:
            misses.append((*asked, case.select, ";".join(one.missed), _answered(one)))
        alarms.extend(
            (*asked, case.select, found.substance_key, found.matched_text, found.match_score)
            for found in one.answer
            if found.flagged and found.substance_key in one.false_alarms
        )
        if one.verdicts[0] < one.verdicts[1]:
            expected = ";".join(case.verdicts)
            verdicts.append((*asked[:2], case.text, case.select, expected, _answered(one)))
    _write(folder / "misses.csv", _MISSES, misses)
    _write(folder / "false_alarms.csv", _ALARMS, alarms)
    _write(folder / "verdicts.csv", _VERDICTS, verdicts)


def _answered(one: Judged) -> str:
    return "; ".join(
        f"{found.substance_key} {found.method.value} {found.match_score} {found.verdict.value}"
        for found in one.answer
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
