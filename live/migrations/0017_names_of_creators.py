"""The names of creators are theirs: of two that look alike, the older account's."""

from django.db import migrations

from people.text.lookalikes import LONGEST_KEY, keys_of, spelling


def keep_names(apps, schema_editor):
    rows = apps.get_model("people", "TakenName").objects
    for creator in apps.get_model("live", "Creator").objects.order_by("pk").iterator(chunk_size=2_000):
        for key in keys_of(creator.name):
            rows.get_or_create(key=key, defaults={"spelling": spelling(creator.name)[:LONGEST_KEY]})
            rows.filter(key=key, creator=None).update(creator=creator.pk)


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0016_muted_word_in_full"),
        ("people", "0006_taken_names"),
    ]

    operations = [migrations.RunPython(keep_names, migrations.RunPython.noop)]
