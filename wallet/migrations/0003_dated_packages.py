"""Prices and offers of coin packages become dated rows; their authors choose how they appear."""

from datetime import UTC, datetime

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from wallet import triggers

START = datetime(2025, 1, 1, tzinfo=UTC)


def date_what_is_there(apps, schema_editor):
    """Give each package a price: from the start on a new site, else from now, because nobody knows since when."""
    has_sold = apps.get_model("wallet", "Recharge").objects.exists()
    since = timezone.now() if has_sold else START
    reason = "In force when prices of packages became public." if has_sold else "One coin is one cent."
    for package in apps.get_model("wallet", "CoinPackage").objects.all():
        package.prices.create(cents=package.cents, starts_at=since, reason_given=reason)
        if not package.is_offered:
            package.offers.create(is_offered=False, starts_at=since, reason_given="Retired before this became public.")


def undate(apps, schema_editor):
    """Write the numbers of now back into the packages; their history is lost."""
    for package in apps.get_model("wallet", "CoinPackage").objects.all():
        now = timezone.now()
        price = package.prices.filter(starts_at__lte=now).order_by("-starts_at", "-id").first()
        offer = package.offers.filter(starts_at__lte=now).order_by("-starts_at", "-id").first()
        package.cents = price.cents if price else 1
        package.is_offered = bool(price) and (offer is None or offer.is_offered)
        package.save()


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0002_promises_and_start"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        triggers.set_aside(triggers.dated_rows_stay("wallet_coinrate")),
        migrations.AddField(
            model_name="coinrate",
            name="by_name",
            field=models.BooleanField(
                default=False,
                help_text="In the public history, beside the reason. Else it says “an operator”.",
                verbose_name="show my name",
            ),
        ),
        triggers.put_back(triggers.dated_rows_stay("wallet_coinrate")),
        migrations.CreateModel(
            name="PackageOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="counts from")),
                (
                    "by_name",
                    models.BooleanField(
                        default=False,
                        help_text="In the public history, beside the reason. Else it says “an operator”.",
                        verbose_name="show my name",
                    ),
                ),
                (
                    "reason_given",
                    models.CharField(help_text="Shown in the public history.", max_length=200, verbose_name="reason"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("is_offered", models.BooleanField(verbose_name="offered")),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="wallet.coinpackage"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-starts_at", "-id"], "get_latest_by": "starts_at", "abstract": False},
        ),
        migrations.CreateModel(
            name="PackagePrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="counts from")),
                (
                    "by_name",
                    models.BooleanField(
                        default=False,
                        help_text="In the public history, beside the reason. Else it says “an operator”.",
                        verbose_name="show my name",
                    ),
                ),
                (
                    "reason_given",
                    models.CharField(help_text="Shown in the public history.", max_length=200, verbose_name="reason"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "cents",
                    models.BigIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1_000_000),
                        ],
                        verbose_name="price in cents",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="wallet.coinpackage"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-starts_at", "-id"], "get_latest_by": "starts_at", "abstract": False},
        ),
        migrations.AddConstraint(
            model_name="packageoffer",
            constraint=models.UniqueConstraint(fields=("package", "starts_at"), name="one_package_offer_at_a_time"),
        ),
        migrations.AddConstraint(
            model_name="packageprice",
            constraint=models.UniqueConstraint(fields=("package", "starts_at"), name="one_package_price_at_a_time"),
        ),
        migrations.AddConstraint(
            model_name="packageprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gte", 1), ("cents__lte", 1_000_000)), name="package_price_in_bounds"
            ),
        ),
        triggers.dated_rows_stay("wallet_packageoffer"),
        triggers.dated_rows_stay("wallet_packageprice"),
        migrations.RunPython(date_what_is_there, undate),
    ]
