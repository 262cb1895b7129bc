"""The age that recharges and payout accounts need, and who has declared it."""

from datetime import UTC, datetime

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from wallet import triggers

START = datetime(2025, 1, 1, tzinfo=UTC)


def set_first_age(apps, schema_editor):
    """Set 18 years: from the start on a new site, else from now, because nobody was asked before."""
    since = timezone.now() if apps.get_model("wallet", "Recharge").objects.exists() else START
    reason = "Coins cost money, and a contract needs somebody of age."
    apps.get_model("wallet", "AgeTerms").objects.create(least_age=18, starts_at=since, reason_given=reason)


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0010_exact_amounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgeTerms",
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
                    "least_age",
                    models.PositiveSmallIntegerField(
                        help_text="Whoever has declared a lower age is asked again at their next recharge or payout account.",
                        validators=[
                            django.core.validators.MinValueValidator(13),
                            django.core.validators.MaxValueValidator(99),
                        ],
                        verbose_name="years",
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
            options={
                "verbose_name_plural": "age terms",
                "ordering": ["-starts_at", "-id"],
                "get_latest_by": "starts_at",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgeDeclaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("age", models.PositiveSmallIntegerField(help_text="The age that was stated, in years.")),
                ("provider", models.CharField(max_length=40)),
                ("reference", models.CharField(blank=True, max_length=80, verbose_name="provider's id of the proof")),
                ("declared_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="age_declarations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="wallet.ageterms"
                    ),
                ),
            ],
            options={
                "ordering": ["-age"],
            },
        ),
        migrations.AddConstraint(
            model_name="ageterms",
            constraint=models.UniqueConstraint(fields=("starts_at",), name="one_age_terms_at_a_time"),
        ),
        migrations.AddConstraint(
            model_name="ageterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("least_age__gte", 13), ("least_age__lte", 99)), name="least_age_in_bounds"
            ),
        ),
        migrations.AddConstraint(
            model_name="agedeclaration",
            constraint=models.UniqueConstraint(fields=("person", "age"), name="age_declared_once"),
        ),
        migrations.AddConstraint(
            model_name="agedeclaration",
            constraint=models.CheckConstraint(
                condition=models.Q(("age__gte", 13), ("age__lte", 99)), name="declared_age_in_bounds"
            ),
        ),
        migrations.RunPython(set_first_age, migrations.RunPython.noop),
        triggers.dated_rows_stay("wallet_ageterms"),
        triggers.append_only("wallet_agedeclaration"),
    ]
