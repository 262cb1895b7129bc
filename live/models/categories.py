"""Categories of lives, which operators keep."""

from django.db import models

from people.text.names import validate_name


class CategoryQuerySet(models.QuerySet["Category"]):
    def shown(self) -> "CategoryQuerySet":
        """Filter those that a creator may choose and pages list."""
        return self.filter(is_shown=True)


class Category(models.Model):
    """A kind of lives, such as Music. Hidden instead of deleted: past lives refer to it."""

    slug = models.SlugField(max_length=30, unique=True, help_text="In addresses: small letters, digits and hyphens.")
    name = models.CharField(max_length=30, unique=True, validators=[validate_name])
    order = models.PositiveSmallIntegerField(default=100, help_text="Small numbers come first.")
    is_shown = models.BooleanField("shown", default=True, help_text="Unticked, no new live can choose it.")

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name
