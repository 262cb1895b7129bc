"""The columns and tables of a room beside its taps, faces, goals, overlays and limits."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import live.models.overlays
import uuid
from django.conf import settings
from django.db import migrations, models

from live.triggers import tap_only_while_live
from wallet import triggers


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0003_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        triggers.set_aside(triggers.append_only("live_gifttap")),
        triggers.set_aside(tap_only_while_live()),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("comment_id", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("as_somebody", models.BooleanField(default=False)),
                ("text", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="GifterTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_somebody", models.BooleanField(default=False)),
                ("points", models.BigIntegerField()),
                ("gifts", models.BigIntegerField()),
                ("last_gave_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "gifter tallies",
            },
        ),
        migrations.CreateModel(
            name="Muted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name_plural": "muted",
            },
        ),
        migrations.CreateModel(
            name="MutedWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40)),
            ],
            options={
                "ordering": ["word"],
            },
        ),
        migrations.CreateModel(
            name="Overlay",
            fields=[
                (
                    "creator",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="overlay",
                        serialize=False,
                        to="live.creator",
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=live.models.overlays.new_token, editable=False, max_length=43, unique=True
                    ),
                ),
                ("token_made_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "smallest_coins",
                    models.PositiveIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="smallest gift, in coins",
                    ),
                ),
                (
                    "seconds",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="seconds for each alert",
                    ),
                ),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("top-left", "Top left"),
                            ("top", "Top"),
                            ("top-right", "Top right"),
                            ("middle", "Middle"),
                            ("bottom-left", "Bottom left"),
                            ("bottom", "Bottom"),
                            ("bottom-right", "Bottom right"),
                        ],
                        default="bottom-left",
                        max_length=12,
                    ),
                ),
                (
                    "size",
                    models.CharField(
                        choices=[("small", "Small"), ("medium", "Medium"), ("large", "Large")],
                        default="medium",
                        max_length=6,
                    ),
                ),
                ("text", models.CharField(default="{name} sent {gift} {count}", max_length=80)),
                (
                    "sound",
                    models.CharField(
                        choices=[("none", "No sound"), ("chime", "Chime"), ("clap", "Applause"), ("drum", "Drum")],
                        default="none",
                        max_length=5,
                    ),
                ),
                (
                    "volume",
                    models.PositiveSmallIntegerField(
                        default=60, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                ("heard_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("process", models.UUIDField()),
                ("viewers", models.PositiveIntegerField()),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name_plural": "presence",
            },
        ),
        migrations.CreateModel(
            name="SampleGift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SpendingLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "daily_coins",
                    models.BigIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000000),
                        ],
                    ),
                ),
                (
                    "weekly_coins",
                    models.BigIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000000),
                        ],
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("called_off_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-starts_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="gifttap",
            name="as_somebody",
            field=models.BooleanField(db_default=False, default=False, help_text="The viewer's name is for nobody."),
        ),
        migrations.AddField(
            model_name="livesession",
            name="goal",
            field=models.PositiveIntegerField(blank=True, help_text="Points, or different gifters.", null=True),
        ),
        migrations.AddField(
            model_name="livesession",
            name="goal_kind",
            field=models.CharField(
                blank=True, choices=[("points", "Points"), ("gifters", "Different gifters")], max_length=7
            ),
        ),
        migrations.AddField(
            model_name="livesession",
            name="peak_viewers",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="livesession",
            name="tray_wanted",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="livesession",
            name="video_url",
            field=models.URLField(blank=True, max_length=400, verbose_name="address of the video (HLS)"),
        ),
        migrations.AddConstraint(
            model_name="livesession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("goal", None), ("goal_kind", "")),
                    models.Q(("goal__gte", 1), ("goal_kind__in", ["points", "gifters"])),
                    _connector="OR",
                ),
                name="goal_has_a_kind",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="removed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="session",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="live.livesession",
            ),
        ),
        migrations.AddField(
            model_name="giftertally",
            name="session",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gifter_tallies",
                to="live.livesession",
            ),
        ),
        migrations.AddField(
            model_name="giftertally",
            name="viewer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="muted",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="muted",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="muted", to="live.livesession"
            ),
        ),
        migrations.AddField(
            model_name="mutedword",
            name="creator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="muted_words", to="live.creator"
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("volume__lte", 100)), name="overlay_volume_in_bounds"
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("seconds__gte", 2), ("seconds__lte", 30)), name="overlay_seconds_in_bounds"
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="presence", to="live.livesession"
            ),
        ),
        migrations.AddField(
            model_name="samplegift",
            name="creator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="test_gifts", to="live.creator"
            ),
        ),
        migrations.AddField(
            model_name="samplegift",
            name="gift",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="live.gift"),
        ),
        migrations.AddField(
            model_name="samplegift",
            name="session",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="test_gifts",
                to="live.livesession",
            ),
        ),
        migrations.AddField(
            model_name="spendinglimit",
            name="viewer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="spending_limits",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("removed_at", None)), fields=["session", "id"], name="comments_shown"
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["author", "created_at"], name="comments_of_author"),
        ),
        migrations.AddIndex(
            model_name="giftertally",
            index=models.Index(fields=["session", "-points"], name="gifters_by_points"),
        ),
        migrations.AddConstraint(
            model_name="giftertally",
            constraint=models.UniqueConstraint(
                fields=("session", "viewer", "as_somebody"), name="one_tally_per_gifter_and_face"
            ),
        ),
        migrations.AddConstraint(
            model_name="muted",
            constraint=models.UniqueConstraint(fields=("session", "person"), name="muted_once_per_session"),
        ),
        migrations.AddConstraint(
            model_name="mutedword",
            constraint=models.UniqueConstraint(fields=("creator", "word"), name="muted_word_once"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("session", "process"), name="one_presence_per_process"),
        ),
        migrations.AddIndex(
            model_name="samplegift",
            index=models.Index(fields=["creator", "-id"], name="latest_test_gifts"),
        ),
        migrations.AddIndex(
            model_name="spendinglimit",
            index=models.Index(fields=["viewer", "-starts_at", "-id"], name="limits_of_viewer"),
        ),
        migrations.AddConstraint(
            model_name="spendinglimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("daily_coins", None),
                        models.Q(("daily_coins__gte", 1), ("daily_coins__lte", 100000000)),
                        _connector="OR",
                    ),
                    models.Q(
                        ("weekly_coins", None),
                        models.Q(("weekly_coins__gte", 1), ("weekly_coins__lte", 100000000)),
                        _connector="OR",
                    ),
                ),
                name="spending_limit_in_bounds",
            ),
        ),
        triggers.put_back(triggers.append_only("live_gifttap")),
        triggers.put_back(tap_only_while_live()),
    ]
