"""The named parts of ``make bench``."""

from targeting.management.benchmarks import faults, intake, matching, pipeline, screening

PARTS = (screening.PART, matching.PART, intake.PART, pipeline.PART, faults.PART)
