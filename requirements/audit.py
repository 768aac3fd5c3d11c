"""Ask a database of advisories about the locked packages; say loudly when it cannot be asked.

Ends with 1 when an advisory is open. Needs only the locked environment (`make setup`).
"""

import socket
import subprocess
import sys
from pathlib import Path

ADVISORIES = "api.osv.dev"
SECONDS = 3
LOCK = Path(__file__).with_name("base.txt")


def main() -> int:
    try:
        socket.create_connection((ADVISORIES, 443), timeout=SECONDS).close()
    except OSError as error:
        print(
            f"audit     *** SKIPPED: {ADVISORIES} cannot be reached ({error}). ***\n"
            "audit     *** Nobody has looked for known weaknesses in the packages. ***"
        )
        return 0
    options = ["--disable-pip", "--require-hashes", "--vulnerability-service=osv"]
    command = [sys.executable, "-m", "pip_audit", *options, "--requirement", str(LOCK)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
