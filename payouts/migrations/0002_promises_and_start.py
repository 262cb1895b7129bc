"""Rates and terms that stay as they were, and the numbers a new site starts with."""

from datetime import UTC, datetime

from django.db import migrations

from wallet import triggers

START = datetime(2025, 1, 1, tzinfo=UTC)


def start(apps, schema_editor):
    apps.get_model("payouts", "DiamondRate").objects.get_or_create(
        starts_at=START,
        defaults={"micros": 5_000, "reason_given": "Half of a coin: the platform keeps 50 %."},
    )
    apps.get_model("payouts", "PayoutTerms").objects.get_or_create(
        starts_at=START,
        defaults={
            "minimum_cents": 100_00,
            "weekly_cents": 1_000_00,
            "quote_seconds": 60,
            "arrival_days": 3,
            "reason_given": "At least $100 at once, at most $1,000 a week.",
        },
    )
    service = apps.get_model("payouts", "PayoutService")
    service.objects.get_or_create(
        slug="paypal", defaults={"name": "PayPal", "fee_note": "PayPal may charge a fee of its own."}
    )


class Migration(migrations.Migration):
    dependencies = [("payouts", "0001_initial"), ("wallet", "0002_promises_and_start")]

    operations = [
        triggers.dated_rows_stay("payouts_diamondrate"),
        triggers.dated_rows_stay("payouts_payoutterms"),
        triggers.append_only("payouts_withdrawalstep"),
        migrations.RunPython(start, migrations.RunPython.noop),
    ]
