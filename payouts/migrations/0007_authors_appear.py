"""Authors of rates and limits choose how they appear."""

from django.db import migrations, models

from wallet import triggers


class Migration(migrations.Migration):
    dependencies = [("payouts", "0006_accounts_told_apart")]

    operations = [
        triggers.set_aside(triggers.dated_rows_stay("payouts_diamondrate")),
        migrations.AddField(
            model_name="diamondrate",
            name="by_name",
            field=models.BooleanField(
                default=False,
                help_text="In the public history, beside the reason. Else it says “an operator”.",
                verbose_name="show my name",
            ),
        ),
        triggers.put_back(triggers.dated_rows_stay("payouts_diamondrate")),
        triggers.set_aside(triggers.dated_rows_stay("payouts_payoutterms")),
        migrations.AddField(
            model_name="payoutterms",
            name="by_name",
            field=models.BooleanField(
                default=False,
                help_text="In the public history, beside the reason. Else it says “an operator”.",
                verbose_name="show my name",
            ),
        ),
        triggers.put_back(triggers.dated_rows_stay("payouts_payoutterms")),
    ]
