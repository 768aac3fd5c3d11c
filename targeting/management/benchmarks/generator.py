"""The generator of declarations, beside a JSON encoder that is given the same ones ready-made."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import msgspec
from django.conf import settings

from risk.domain.proving.blocks import BLOCK, Generator, Settings
from risk.domain.proving.kinds import chosen
from risk.domain.proving.materials import read_materials
from risk.domain.proving.plan import Kinds, Rates
from targeting.management.benchmarks.base import Bench, Part, Result

DECLARATIONS = 20_000
# The world (importers, goods) is that of a run of this many lines.
RUN = 1_000_000
FIRST_DAY, LAST_DAY = date(2025, 1, 1), date(2025, 12, 31)
SHARE = 0.01
ENDING = ".ndjson"


def run(bench: Bench) -> Result:
    bench.tell(f"building the world of a run of {RUN:,} declarations")
    started = time.process_time()
    generator = _generator(bench.seed)
    built = time.process_time() - started
    blocks = range((bench.items or DECLARATIONS) // BLOCK)
    bench.tell(f"making {len(blocks) * BLOCK:,} declarations, three times")
    ours = _processor_seconds(lambda: [generator.block(number) for number in blocks])
    lines = [
        line for number in blocks for line in generator.block(number).pieces[ENDING].splitlines()
    ]
    ready = [msgspec.json.decode(line) for line in lines]
    encoder = msgspec.json.Encoder()
    peer = _processor_seconds(lambda: [encoder.encode(one) for one in ready])
    count, size = len(lines), sum(map(len, lines)) / len(lines)
    return Result(
        title="generator",
        notes=(
            f"{count:,} declarations of {size:,.0f} bytes on average, {SHARE:.0%} planted and as"
            f" many traps (seed {bench.seed}), out of a run of {RUN:,}; per second of one"
            " processor, without the writing. `--processes` multiplies it. The peer only encodes"
            " the same declarations, held ready as objects."
        ),
        columns=("measure", "value", "times peer"),
        rows=(
            ("`msgspec` encoding them, declarations/s", f"{count / peer:,.0f}", "1.0"),
            ("generator, declarations/s", f"{count / ours:,.0f}", f"{ours / peer:.1f}"),
            ("building the world once, s", f"{built:.1f}", ""),
        ),
    )


def _generator(seed: int) -> Generator:
    plants, traps = chosen([])
    materials = read_materials(
        Path(settings.TARGETING["FIXTURES_DIR"]), seed=seed, count=RUN, first_day=FIRST_DAY
    )
    run = Settings(
        seed=seed,
        count=RUN,
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        rates=Rates(SHARE, SHARE),
        kinds=Kinds(plants, traps),
    )
    return Generator(run, materials)


def _processor_seconds(work: Callable[[], object]) -> float:
    """The median of three runs, in seconds that the processor spent on this process."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return median(taken)


PART = Part(
    name="generator",
    summary="generated declarations a second, beside a JSON encoder of the same ones",
    needs_database=False,
    run=run,
)
