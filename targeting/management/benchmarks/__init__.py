"""The named parts of ``make bench``."""

from targeting.management.benchmarks import pipeline, screening

PARTS = (screening.PART, pipeline.PART)
