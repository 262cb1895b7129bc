#!/usr/bin/env python
"""Django's command line for Ovation."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.starting import start_or_refuse

    start_or_refuse(lambda: execute_from_command_line(sys.argv))


if __name__ == "__main__":
    main()
