"""Retiring a gift becomes a dated row; authors of prices and terms choose how they appear."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from wallet import triggers


def date_what_is_there(apps, schema_editor):
    for gift in apps.get_model("live", "Gift").objects.filter(retired_at__isnull=False):
        gift.offers.create(
            is_offered=False, starts_at=gift.retired_at, reason_given="Retired before this became public."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0014_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        triggers.set_aside(triggers.dated_rows_stay("live_giftprice")),
        migrations.AddField(
            model_name="giftprice",
            name="by_name",
            field=models.BooleanField(
                default=False,
                help_text="In the public history, beside the reason. Else it says “an operator”.",
                verbose_name="show my name",
            ),
        ),
        triggers.put_back(triggers.dated_rows_stay("live_giftprice")),
        triggers.set_aside(triggers.dated_rows_stay("live_liveterms")),
        migrations.AddField(
            model_name="liveterms",
            name="by_name",
            field=models.BooleanField(
                default=False,
                help_text="In the public history, beside the reason. Else it says “an operator”.",
                verbose_name="show my name",
            ),
        ),
        triggers.put_back(triggers.dated_rows_stay("live_liveterms")),
        migrations.CreateModel(
            name="GiftOffer",
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
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="live.gift"
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
            model_name="giftoffer",
            constraint=models.UniqueConstraint(fields=("gift", "starts_at"), name="one_gift_offer_at_a_time"),
        ),
        triggers.dated_rows_stay("live_giftoffer"),
        migrations.RunPython(date_what_is_there, migrations.RunPython.noop),
    ]
