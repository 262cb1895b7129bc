"""Run check_books() and keep its result, so that a page can say when the books were checked and what was found."""

from datetime import datetime, timedelta

from django.utils import timezone

from wallet.books import check_books
from wallet.models import BooksCheck

MOST_KEPT = 20
FORGET = timedelta(days=90)


def check_and_note(*, by: str, now: datetime | None = None) -> list[str]:
    """Check the books, store the result as a BooksCheck, and return the discrepancies."""
    now = now or timezone.now()
    found = check_books()
    BooksCheck.objects.create(checked_at=now, discrepancies=len(found), first="\n".join(found[:MOST_KEPT]), by=by[:40])
    BooksCheck.objects.filter(checked_at__lt=now - FORGET).delete()
    return found
