import json

from django.db import migrations, models


def read_bodies(apps, schema_editor):
    """Put into columns what the bodies of earlier messages say. They were read before, so they can be read again."""
    for event in apps.get_model("wallet", "PaymentEvent").objects.iterator():
        facts = json.loads(event.body)
        event.about, event.payment_id, event.cents = facts["recharge_id"], facts["payment_id"], facts["cents"]
        event.save(update_fields=["about", "payment_id", "cents"])


def give_the_demos_past_its_messages(apps, schema_editor):
    """The demo's past was paid without messages of the sandbox, which moves no money. It has them from now on."""
    Recharge, PaymentEvent = apps.get_model("wallet", "Recharge"), apps.get_model("wallet", "PaymentEvent")
    told = PaymentEvent.objects.filter(outcome="confirmed").values("about")
    for recharge in Recharge.objects.filter(status="confirmed", provider="sandbox").exclude(pk__in=told).iterator():
        facts = {"recharge_id": str(recharge.pk), "payment_id": recharge.payment_id, "cents": recharge.cents}
        PaymentEvent.objects.create(
            provider="sandbox", event_id=f"before-{recharge.pk}", body=json.dumps(facts), outcome="confirmed",
            about=recharge.pk, payment_id=recharge.payment_id, cents=recharge.cents, received_at=recharge.started_at,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("wallet", "0004_packages_without_prices")]

    operations = [
        migrations.AddField(
            model_name="paymentevent",
            name="about",
            field=models.UUIDField(
                db_index=True, help_text="As the provider names it.", null=True, verbose_name="recharge"
            ),
        ),
        migrations.AddField(model_name="paymentevent", name="cents", field=models.BigIntegerField(null=True)),
        migrations.AddField(
            model_name="paymentevent",
            name="payment_id",
            field=models.CharField(blank=True, max_length=80, verbose_name="provider's payment id"),
        ),
        migrations.RunPython(read_bodies, migrations.RunPython.noop),
        migrations.RunPython(give_the_demos_past_its_messages, migrations.RunPython.noop),
    ]
