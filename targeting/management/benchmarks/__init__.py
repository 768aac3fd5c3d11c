"""The named parts of ``make bench``."""

from targeting.management.benchmarks import (
    audit,
    faults,
    generator,
    intake,
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
    faults.PART,
    audit.PART,
)
