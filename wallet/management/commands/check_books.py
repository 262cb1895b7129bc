from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wallet.books import check_books


class Command(BaseCommand):
    help = "Recompute every balance and invariant from the transfers; print each discrepancy; exit 1 if there is one."

    def handle(self, *args: str, **options: Any) -> None:
        discrepancies = check_books()
        for discrepancy in discrepancies:
            self.stdout.write(discrepancy)
        if discrepancies:
            raise CommandError(f"{len(discrepancies)} discrepancies in the books", returncode=1)
        if options["verbosity"] > 1:
            self.stdout.write("The books are right.")
