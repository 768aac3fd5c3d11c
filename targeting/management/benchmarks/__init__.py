"""The named parts of ``make bench``."""

from targeting.management.benchmarks import faults, intake, pipeline, screening

PARTS = (screening.PART, intake.PART, pipeline.PART, faults.PART)
