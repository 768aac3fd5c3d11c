"""What every test may use. Fixtures of one folder live in that folder."""

import hypothesis

# The same examples in every run: a red test must be red again for whoever looks.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")
