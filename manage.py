#!/usr/bin/env python
"""Django's commands. A wrong setting ends with one sentence, not with a traceback."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config import env


def main() -> None:
    try:
        env.default_settings("config.settings.dev")
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
