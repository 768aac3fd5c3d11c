"""The named parts of ``make bench``."""

from targeting.management.benchmarks import (
    audit,
    faults,
    generator,
    intake,
    latency,
    list_loading,
    look_back,
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
    look_back.PART,
    list_loading.PART,
)
