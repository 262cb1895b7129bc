"""Dated rows: numbers that an operator sets from a moment on, with their history.

A row counts from `starts_at` until the next one starts. Rows are never edited; a new row corrects a wrong one.
"""

from datetime import UTC, datetime, timedelta
from typing import Generic, Self, TypeVar, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from people.brand import site_name
from people.text.visible import validate_visible

# An operator's form is saved a little after its `starts_at`, and clocks of servers may differ.
WRITTEN_WITHIN = timedelta(minutes=10)


Row = TypeVar("Row", bound="DatedRow")


class DatedQuerySet(models.QuerySet[Row]):
    def started(self, moment: datetime | None = None) -> Self:
        """Return the rows that had started by the moment (now if left out), the newest first."""
        return self.filter(starts_at__lte=moment or timezone.now()).order_by("-starts_at", "-id")

    def at(self, moment: datetime | None = None) -> Row:
        """Return the row that counts at the moment (now if left out); raise DoesNotExist if none had started."""
        row = self.started(moment).first()
        if row is None:
            raise self.model.DoesNotExist(f"no {self.model._meta.verbose_name} had started by then")
        return row


class Counting(Generic[Row]):
    """The rows of a dated model, read by one query, to answer for many moments."""

    def __init__(self, model: type[Row]) -> None:
        self.rows = cast("list[Row]", list(model._default_manager.order_by("-starts_at", "-id")))

    def at(self, moment: datetime) -> list[Row]:
        """Return the rows that may have counted at the moment.

        Beside a row written within WRITTEN_WITHIN of the moment stands the row before it: a request at that time may
        have read either.
        """
        counts, *before = [row for row in self.rows if row.starts_at <= moment][:2]
        is_new = abs(counts.created_at - moment) <= WRITTEN_WITHIN
        return [counts, *before] if is_new else [counts]


class DatedRow(models.Model):
    """A row that counts from `starts_at` on, with its author and reason. Models add the number."""

    starts_at = models.DateTimeField("counts from", default=timezone.now)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    by_name = models.BooleanField(
        "show my name", default=False, help_text="In the public history, beside the reason. Else it says “an operator”."
    )
    reason_given = models.CharField("reason", max_length=200, help_text="Shown in the public history.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-starts_at", "-id"]
        get_latest_by = "starts_at"

    @property
    def starts_at_utc(self) -> datetime:
        """Return `starts_at` in UTC: an unsaved row from a form has the operator's own zone."""
        return self.starts_at.astimezone(UTC)

    @property
    def author(self) -> str:
        """Return the author's name for the public history, or "an operator"; the site for rows of a migration."""
        if self.set_by_id is None:
            return site_name()
        return self.set_by.name if self.by_name and self.set_by else "an operator"

    def clean(self) -> None:
        super().clean()
        if self.reason_given:
            try:
                validate_visible(self.reason_given)
            except ValidationError as error:
                raise ValidationError({"reason_given": error}) from None
        if self._state.adding and self.starts_at and self.starts_at < timezone.now() - timedelta(minutes=5):
            raise ValidationError({"starts_at": "It can't count from a moment that has passed. Take now or later."})


class OfferRow(DatedRow):
    """A dated row that retires a thing, or offers it again."""

    is_offered = models.BooleanField("offered")

    class Meta(DatedRow.Meta):
        abstract = True

    @property
    def in_words(self) -> str:
        return "offered again" if self.is_offered else "no longer offered"


def offers_until(moment: datetime | None, *, was: datetime | None, now: datetime) -> list[tuple[datetime, bool]]:
    """Return the rows (starts_at, is_offered) that move the end of an offer from `was` to `moment`.

    None means no end. The caller deletes rows that haven't started before.
    """
    is_back = was is not None and was <= now and (moment is None or moment > now)
    return [(now, True)] * is_back + ([(moment, False)] if moment else [])
