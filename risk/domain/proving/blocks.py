"""The run, block by block: every block is a pure function of settings, materials and number."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from random import Random

import msgspec

from risk.domain.proving.cases import Case, Materials, Scene, Shipment
from risk.domain.proving.clock import Clock, Moment
from risk.domain.proving.firms import Firm
from risk.domain.proving.honest import HonestLines, Line, amended
from risk.domain.proving.inspections import PAST, Truth, inspect
from risk.domain.proving.kinds import TRAP
from risk.domain.proving.plan import SEGMENT, Kinds, Part, Rates, plan_segment
from risk.domain.proving.render import case_line

BLOCK = 500
AMENDMENTS = 0.02
# An amendment corrects one of so many declarations before it.
_RECENT = 150
TRUTH_COLUMNS = (
    "registration_number", "item_number", "label", "kind", "substance_key", "difficulty", "detail",
)  # fmt: skip
OUTCOME_COLUMNS = (
    "registration_number", "item_number", "inspected_at", "selected_by", "result",
    "found_substance", "found_net_mass_kg", "found_commodity_code", "laboratory_days",
)  # fmt: skip
REGISTER_COLUMNS = (
    "bin", "names", "registered_on", "closed_on", "head", "owners", "address", "phone", "activity",
)  # fmt: skip
OFFENDER_COLUMNS = ("bin", "offence_on", "substance_key")
LEAD_COLUMNS = ("kind", "value", "reason", "valid_from")


class Settings(msgspec.Struct, frozen=True):
    """What a run is: the same settings and materials give the same bytes."""

    seed: int
    count: int
    first_day: date
    last_day: date
    rates: Rates
    kinds: Kinds

    @property
    def blocks(self) -> int:
        return -(-self.count // BLOCK)


class Output(msgspec.Struct):
    """The pieces of a block for the files of a run, by the ending of the file."""

    number: int
    lines: int
    pieces: dict[str, bytes]


_COLUMNS: dict[str, tuple[str, ...]] = {
    ".truth.csv": TRUTH_COLUMNS,
    ".outcomes.csv": OUTCOME_COLUMNS,
    ".register.csv": REGISTER_COLUMNS,
    ".offenders.csv": OFFENDER_COLUMNS,
    ".leads.csv": LEAD_COLUMNS,
}
_OBJECTS = (".authorisations.ndjson", ".notices.ndjson")
ENDINGS: tuple[str, ...] = (".ndjson", *_COLUMNS, *_OBJECTS)
"""The endings of a run's files, the declarations first."""


class Generator:
    """Makes any block of a run. Construction builds nothing that depends on the block."""

    def __init__(self, settings: Settings, materials: Materials) -> None:
        self._settings = settings
        self._materials = materials
        self._clock = Clock(settings.first_day, settings.last_day, settings.count)
        self._honest = HonestLines(materials.world)
        self._keys = tuple(sorted(materials.catalogue))
        self._plan = lru_cache(maxsize=2)(self._plan_of)
        self._case = lru_cache(maxsize=64)(self._case_of)

    def heads(self) -> dict[str, bytes]:
        """What stands in each file before the first block: headers, the honest firms."""
        heads = {
            ending: csv_rows([_COLUMNS[ending]]) if ending in _COLUMNS else b""
            for ending in ENDINGS
        }
        world = self._materials.world
        firms = (*(importer.firm for importer in world.importers), *world.brokers)
        heads[".register.csv"] += csv_rows(firm.register_row for firm in firms)
        return heads

    def block(self, number: int) -> Output:
        """Block ``number``, from 0."""
        settings = self._settings
        first = number * BLOCK
        end = min(first + BLOCK, settings.count)
        draw = Random(f"{settings.seed}:block:{number}")  # noqa: S311 - data, not a secret
        out = _Pieces()
        lines: list[Line] = []
        for slot in range(first, end):
            moment = self._clock.moment(slot)
            part = self._plan(slot // SEGMENT).get(slot)
            accepted_at = moment.text
            if part:
                line = self._add_case(out, part, moment)
            elif lines and draw.random() < AMENDMENTS:
                line = lines.pop(draw.randrange(len(lines)))
                out.lines.append(amended(draw, line).written(accepted_at, 2))
                continue
            else:
                share = self._clock.share(slot)
                line = self._honest.line(draw, moment, share)
                if share < PAST:
                    out.outcomes.extend(inspect(draw, line, moment, {}, self._keys))
            lines.append(line)
            del lines[:-_RECENT]
            out.lines.append(line.written(accepted_at))
        return Output(number, end - first, out.encoded())

    def _add_case(self, out: "_Pieces", part: Part, moment: Moment) -> Line:
        case = self._case(part)
        draw = Random(f"{self._settings.seed}:line:{part.case}:{part.ordinal}")  # noqa: S311 - data, not a secret
        shipment = case.shipments[part.ordinal]
        line = case_line(draw, shipment, moment, self._materials.world)
        truths = _truths(part, case, shipment)
        out.truth.extend(_truth_rows(part, case, shipment, line.number, truths))
        if part.ordinal == 0:
            out.add_registers(case)
        if self._clock.share(part.slots[part.ordinal]) < PAST:
            out.outcomes.extend(inspect(draw, line, moment, truths, self._keys))
        return line

    def _plan_of(self, segment: int) -> dict[int, Part]:
        settings = self._settings
        return plan_segment(settings.seed, segment, self._clock, settings.rates, settings.kinds)

    def _case_of(self, part: Part) -> Case:
        draw = Random(f"{self._settings.seed}:case:{part.case}")  # noqa: S311 - data, not a secret
        moments = tuple(self._clock.moment(slot) for slot in part.slots)
        return part.kind.make(Scene(draw, self._materials, moments, part.case))


def _truths(part: Part, case: Case, shipment: Shipment) -> dict[int, Truth]:
    """What is true of a shipment, by item; 0 is the declaration as a whole."""
    difficulty = shipment.difficulty or case.difficulty
    found = 0.0 if shipment.honest_as else part.kind.found
    if shipment.whole:
        key = shipment.items[0].key
        return {0: Truth(key, found, difficulty)}
    return {
        number: Truth(item.key, found, difficulty)
        for number, item in enumerate(shipment.items, 1)
        if item.truth
    }


def _truth_rows(
    part: Part, case: Case, shipment: Shipment, number: str, truths: dict[int, Truth]
) -> list[tuple[str, ...]]:
    group = f"group=G{part.case:07d};" if len(part.slots) > 1 else ""
    label, kind = (TRAP, shipment.honest_as) if shipment.honest_as else (part.label, part.kind.code)
    return [
        (
            number, str(item), label, kind, truth.substance_key, truth.difficulty,
            (group + case.detail).rstrip(";"),
        )
        for item, truth in truths.items()
    ]  # fmt: skip


class _Pieces:
    """What a block collects for each file."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.truth: list[tuple[str, ...]] = []
        self.outcomes: list[tuple[str, ...]] = []
        self._objects: dict[str, list[bytes]] = {ending: [] for ending in _OBJECTS}
        self._register: list[tuple[str, ...]] = []
        self._offenders: list[tuple[str, ...]] = []
        self._leads: list[tuple[str, ...]] = []
        self._encoder = msgspec.json.Encoder()

    def add_registers(self, case: Case) -> None:
        """What registers hold about a case, once, with its first declaration."""
        known = {firm.bin: firm for shipment in case.shipments for firm in (shipment.firm,)}
        known |= {firm.bin: firm for firm in case.firms}
        self._register.extend(firm.register_row for firm in known.values())
        self._offenders.extend(
            (number, day.isoformat(), key) for number, day, key in case.offenders
        )
        for number, day, _ in case.offenders:
            self._leads.extend(_leads(known[number], day))
        for ending, found in zip(_OBJECTS, (case.authorisations, case.notices), strict=True):
            self._objects[ending].extend(self._encoder.encode(one) + b"\n" for one in found)

    def encoded(self) -> dict[str, bytes]:
        """The pieces as bytes."""
        return {
            ".ndjson": b"".join(self.lines),
            ".truth.csv": csv_rows(self.truth),
            ".outcomes.csv": csv_rows(self.outcomes),
            ".register.csv": csv_rows(self._register),
            ".offenders.csv": csv_rows(self._offenders),
            ".leads.csv": csv_rows(self._leads),
            **{ending: b"".join(found) for ending, found in self._objects.items()},
        }


def _leads(offender: Firm, day: date) -> Iterable[tuple[str, ...]]:
    """What another authority would ask to look out for after the offence, rumours included:
    the address of an offender is that of all its neighbours, too."""
    for kind, value in (
        ("bin", offender.bin),
        ("phone", offender.phone),
        ("address", offender.address),
    ):
        yield kind, value, f"offence of {day.isoformat()}", day.isoformat()


def csv_rows(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows of a CSV file: commas, quotes where needed, line feeds, UTF-8."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()
