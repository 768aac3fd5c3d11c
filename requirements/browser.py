"""Install the Chromium that tests in a browser and `make pictures` drive; loud when it cannot be.

Asks the system's packages (as root, or by sudo without a password), which bring what Chromium
itself needs; Playwright's own download does not. Ends with 1 when there is none afterwards.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser")
MINUTES = 10


def found() -> str | None:
    """Where the Chromium is that tests use."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> int:
    if path := found():
        print(f"browser   {path}")
        return 0
    for command in commands():
        print(f"browser   {' '.join(command)}")
        try:
            done = subprocess.run(command, check=False, timeout=60 * MINUTES)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"browser   {error}")
            continue
        if done.returncode == 0 and (path := found()):
            print(f"browser   {path}")
            return 0
    print(
        "browser   *** NO CHROMIUM could be installed. ***\n"
        "browser   *** Tests in a browser are skipped: nobody has looked at the pages. ***\n"
        f"browser   *** Install your system's package ({' or '.join(NAMES)}) by hand. ***"
    )
    return 1


def commands() -> list[list[str]]:
    """What is tried, in this order: the system's packages, as far as we may install any."""
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    known = [
        ("apt-get", ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]),
        ("dnf", ["dnf", "install", "--assumeyes", "chromium"]),
        ("apk", ["apk", "add", "chromium"]),
    ]
    return [[*before, *command] for name, command in known if shutil.which(name)]


if __name__ == "__main__":
    sys.exit(main())
