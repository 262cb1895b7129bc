"""Viewers now, as the server processes report them."""

from django.db import models
from django.utils import timezone

from live.models.sessions import LiveSession


class Presence(models.Model):
    """Viewers of a live at one server process. A process that stops no longer updates `seen_at`."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="presence")
    process = models.UUIDField()
    viewers = models.PositiveIntegerField()
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "presence"
        constraints = [models.UniqueConstraint(fields=["session", "process"], name="one_presence_per_process")]

    def __str__(self) -> str:
        return f"{self.viewers} in {self.session}"
