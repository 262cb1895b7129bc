"""A wallet row for each user, a gift table, a log of sent gifts."""

from django.conf import settings
from django.db import models


class Purse(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    coins = models.BigIntegerField(default=0)
    diamonds = models.BigIntegerField(default=0)

    class Meta:
        app_label = "tutorial"

    def __str__(self):
        return f"{self.coins} coins"


class Present(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=40)
    coins = models.BigIntegerField()

    class Meta:
        app_label = "tutorial"

    def __str__(self):
        return self.name


class Sent(models.Model):
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    present = models.ForeignKey(Present, models.CASCADE)
    coins = models.BigIntegerField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"

    def __str__(self):
        return f"{self.present} for {self.creator}"
