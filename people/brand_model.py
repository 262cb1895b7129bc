"""The model of the brand; people.models names it among the others."""

from django.db import models

from people.text.names import validate_name


class Brand(models.Model):
    """The name and the look of this site: one row, which a migration writes. people.brand reads it for all pages."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=30, default="Ovation", validators=[validate_name])
    # The digest of the uploaded picture; empty for the mark that comes along.
    mark = models.CharField(max_length=16, blank=True, default="")
    accent_day = models.CharField("accent by day", max_length=7, blank=True, default="")
    accent_night = models.CharField("accent by night", max_length=7, blank=True, default="")
    support_email = models.EmailField("support address", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "brand"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_brand")]

    def __str__(self) -> str:
        return self.name
