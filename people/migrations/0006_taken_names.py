"""The first spelling of each look of a name."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from people.text.lookalikes import LONGEST_KEY, keys_of, spelling


def note_names(apps, schema_editor):
    """Note the names that people have; where two look alike, the older account's spelling counts."""
    rows = apps.get_model("people", "TakenName").objects
    names = apps.get_model("people", "User").objects.order_by("pk").values_list("name", flat=True)
    spelled = {}
    for name in names.iterator(chunk_size=2_000):
        for key in keys_of(name):
            spelled.setdefault(key, spelling(name)[:LONGEST_KEY])
    rows.bulk_create([rows.model(key=key, spelling=spelled[key]) for key in spelled], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_outgoing_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="TakenName",
            fields=[
                ("key", models.CharField(max_length=600, primary_key=True, serialize=False)),
                ("spelling", models.CharField(max_length=600)),
                (
                    "creator",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taken_names",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunPython(note_names, migrations.RunPython.noop),
    ]
