"""The triggers behind taps and prices, the thresholds, and the starting catalog from data/gifts.csv."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations

from live.triggers import tap_only_while_live
from wallet import triggers

START = datetime(2025, 1, 1, tzinfo=UTC)
CATALOG = Path(__file__).resolve().parents[2] / "data" / "gifts.csv"


def start(apps, schema_editor):
    apps.get_model("live", "LiveTerms").objects.get_or_create(
        starts_at=START,
        defaults={
            "followers_needed": 1_000,
            "largest_gift_coins": 10_000,
            "abandoned_after_minutes": 15,
            "reason_given": "Gifts from 1,000 followers on; one package covers any gift.",
        },
    )
    gifts, prices = apps.get_model("live", "Gift"), apps.get_model("live", "GiftPrice")
    with CATALOG.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            gift, _ = gifts.objects.get_or_create(
                slug=row["slug"], defaults={"name": row["name"], "art": row["art"], "order": int(row["order"])}
            )
            prices.objects.get_or_create(
                gift=gift, starts_at=START, defaults={"coins": int(row["coins"]), "reason_given": "Starting catalog"}
            )


class Migration(migrations.Migration):
    dependencies = [("live", "0001_initial"), ("payouts", "0002_promises_and_start")]

    operations = [
        tap_only_while_live(),
        triggers.append_only("live_gifttap"),
        triggers.append_only("live_settlement"),
        triggers.dated_rows_stay("live_giftprice"),
        triggers.dated_rows_stay("live_liveterms"),
        migrations.RunPython(start, migrations.RunPython.noop),
    ]
