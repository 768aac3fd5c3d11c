"""Say in one sentence why this machine cannot run the project; silent if it can.

Read by whatever Python the machine has, so written for all of them.
"""

import platform
import sys

if platform.system() != "Linux" or platform.machine() != "x86_64":
    sys.exit("The locked wheels are for Linux on x86-64; elsewhere use the Dockerfile.")
if not (3, 11) <= sys.version_info[:2] <= (3, 12):
    sys.exit(
        "Python 3.11 or 3.12 is needed, this is "
        + platform.python_version()
        + ": run `make setup PYTHON=python3.12`."
    )
try:
    import ensurepip  # noqa: F401 - only whether it is there
except ImportError:
    sys.exit("This Python has no ensurepip: install the package python3-venv of your system.")
