"""How far the worker has told followers of the start of a live."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from live.models.sessions import LiveSession


class LiveAnnouncement(models.Model):
    """The start of a live, told to its creator's followers in batches, in the order of their follows.

    `told_upto` is the key of the last follow of the batches so far. It moves in the transaction that writes their
    notices, so a worker that dies loses a whole batch, and the next worker repeats it.
    """

    session = models.OneToOneField(LiveSession, models.CASCADE, primary_key=True, related_name="announcement")
    told_upto = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    batch_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch_at"], condition=Q(finished_at=None), name="announcements_to_tell")]

    def __str__(self) -> str:
        return f"{self.told:,} told of {self.session}"


class ChangeAnnouncement(models.Model):
    """A rate, price or limit that counts later, told to creators in batches, in the order of their keys.

    `key` names the dated row; of several prices of one moment, the first. `told_upto` moves as in LiveAnnouncement. If
    the row is deleted before it counts, the batches begin anew with `is_called_off`, for those who were told.
    """

    key = models.CharField(primary_key=True, max_length=50)
    text = models.CharField(max_length=380)
    starts_at = models.DateTimeField()
    is_called_off = models.BooleanField(default=False)
    told_upto = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    batch_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch_at"], condition=Q(finished_at=None), name="changes_to_tell")]

    def __str__(self) -> str:
        return f"{self.told:,} told of {self.key}"
