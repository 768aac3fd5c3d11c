"""The named parts of ``make bench``."""

from targeting.management.benchmarks import (
    audit,
    faults,
    formats,
    generator,
    intake_memory,
    latency,
    list_loading,
    look_back,
    matching,
    networks,
    patterns,
    pipeline,
    reconciliation,
    resolution,
    screening,
    selection,
)

PARTS = (
    generator.PART,
    screening.PART,
    matching.PART,
    formats.PART,
    intake_memory.PART,
    pipeline.PART,
    latency.PART,
    faults.PART,
    audit.PART,
    look_back.PART,
    list_loading.PART,
    resolution.PART,
    networks.PART,
    patterns.PART,
    reconciliation.PART,
    selection.PART,
)
