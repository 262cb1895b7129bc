from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0007_muted_face")]

    operations = [
        migrations.AddIndex(
            model_name="follow", index=models.Index(fields=["creator", "-id"], name="newest_followers")
        ),
    ]
