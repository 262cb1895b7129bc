"""Rows that prove others: seals over rows that can't change any more, and the runs of check_books()."""

from django.db import models
from django.utils import timezone


class Seal(models.Model):
    """A digest of a row that can't change any more, and of the seal before it. The table is append-only."""

    table = models.CharField(max_length=60)
    row = models.CharField(max_length=36, help_text="Its key, as text.")
    columns = models.CharField(max_length=400, help_text="What the digest is of; columns that come later aren't.")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["table", "row"], name="seal_once_per_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


class BooksCheck(models.Model):
    """A run of check_books(): its moment, how many discrepancies it found, and the first of them."""

    checked_at = models.DateTimeField(default=timezone.now)
    discrepancies = models.PositiveIntegerField()
    first = models.TextField(blank=True, help_text="The first discrepancies, one a line.")
    by = models.CharField(max_length=40)

    class Meta:
        ordering = ["-id"]
        verbose_name = "check of the books"
        verbose_name_plural = "checks of the books"

    def __str__(self) -> str:
        return f"{self.discrepancies} discrepancies" if self.discrepancies else "The books are right"
