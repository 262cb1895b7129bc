from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from wallet.backup import NoBackup, back_up


class Command(BaseCommand):
    help = "Copy the SQLite database into a new file while the site runs, and check the copy."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the new file")

    def handle(self, *args: str, path: Path, **options: str) -> None:
        try:
            size = back_up(path)
        except (NoBackup, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path}: {size:,} bytes, checked.")
