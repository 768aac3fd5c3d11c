"""The named parts of ``make bench``."""

from targeting.management.benchmarks import (
    audit,
    faults,
    generator,
    intake,
    latency,
    matching,
    pipeline,
    screening,
)

PARTS = (
    generator.PART,
    screening.PART,
    matching.PART,
    intake.PART,
    pipeline.PART,
    latency.PART,
    faults.PART,
    audit.PART,
)
