"""The server under contract tests: as on one machine, but nobody asks too often."""

from config.settings.dev import *

TARGETING = TARGETING | {
    "REQUESTS_PER_MINUTE": {"client": 10**9, "person": 10**9},
    "FAILURES_PER_MINUTE": 10**9,
    "DRAW_KEY_DAYS": 3650,
}
