"""Requests to the pages of a withdrawal."""

import re

from payouts.models import Quote

WITHDRAW, CONFIRM = "/payouts/withdraw/", "/payouts/withdraw/confirm/"


def text(response):
    words = " ".join(response.content.decode().split())
    return words.replace("&#x27;", "'")


def ask(client, amount="250.00", account=None, **options):
    account = Quote.account.field.related_model.objects.get().pk if account is None else account
    return client.post(WITHDRAW, {"amount": amount, "account": account}, **options)


def quote_in(response):
    return re.search(r'name="quote" value="([0-9a-f-]{36})"', response.content.decode())[1]
