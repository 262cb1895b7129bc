"""The database keeps a viewer's own limits."""

from django.db import migrations, models
from django.db.models import F, Q

from live.triggers import tap_within_own_limits


class Migration(migrations.Migration):
    dependencies = [("live", "0008_newest_followers")]

    operations = [
        migrations.AddConstraint(
            "spendinglimit",
            models.CheckConstraint(
                condition=Q(called_off_at=None) | Q(called_off_at__lt=F("starts_at")), name="called_off_before_it_began"
            ),
        ),
        tap_within_own_limits(),
    ]
