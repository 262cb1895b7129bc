"""The operator's lists: names of accounts, filters for the questions of a morning, and CSV of what is filtered."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from live.sessions.sessions import end_session
from tests.factories import confirm, make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.operator import make_limited_operator
from tests.payouts.earning import make_earner, withdraw
from wallet.accounts import COINS_ISSUANCE, name_of
from wallet.models import Account, Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def rows_of(response):
    """The rows of a CSV, without its mark, as dictionaries."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def listed(client, address):
    return [str(row.pk) for row in client.get(address).context["cl"].result_list]


def test_accounts_have_the_names_of_their_owners():
    cleo, session = make_earner(60_000), make_session(make_creator("Nova", followers=1000))
    withdraw(cleo, 200_00)
    tap(make_user("Vera", coins=100), session)

    def called(name):
        return name_of(Account.objects.get(name=name))

    assert called(f"diamonds:user:{cleo.pk}") == "Cleo"
    assert called(f"held:user:{cleo.pk}") == "Cleo, held"
    assert called(f"points:session:{session.pk}") == f"Points of live {str(session.pk)[:8]}"
    assert called(COINS_ISSUANCE.name) == "Coins issued"


def test_list_of_transfers_says_who_gave_whom_how_much(client, otto):
    make_user("Vera", coins=1_200)

    rows = rows_of(client.get("/admin/wallet/transfer/csv/"))

    newest = {key: rows[0][key] for key in ("amount", "of", "from", "to", "reason")}
    assert newest == {"amount": "1200", "of": "coins", "from": "Coins issued", "to": "Vera", "reason": "Recharge"}

    page = client.get("/admin/wallet/transfer/")

    assert "coins:user:" not in page.content.decode().split("result_list")[1]


def test_transfers_take_the_same_queries_however_many(client, otto, django_assert_max_num_queries):
    for name in ("Vera", "Vito", "Noor"):
        make_user(name, coins=100)

    with django_assert_max_num_queries(8):
        client.get("/admin/wallet/transfer/")


def test_withdrawals_are_filtered_by_what_waits_by_amount_and_by_week(client, otto):
    cleo = make_earner(200_000)
    with time_machine.travel(timezone.now() - timedelta(days=8), tick=True):
        old = withdraw(make_earner(60_000, "Nova"), 300_00)
    small, large = withdraw(cleo, 100_00), withdraw(cleo, 300_00)
    type(small).objects.filter(pk=small.pk).update(attention="unanswered")
    base = "/admin/payouts/withdrawal/"

    assert listed(client, f"{base}?waits=yes") == [str(small.pk)]
    assert listed(client, f"{base}?waits=approval") == []
    assert listed(client, f"{base}?above=20000&since=7") == [str(large.pk)]
    assert set(listed(client, f"{base}?above=20000&since=28")) == {str(large.pk), str(old.pk)}
    assert len(listed(client, f"{base}?since=nonsense&above=7&waits=never")) == 3


def test_lives_are_filtered_by_whether_they_run_and_another_word_filters_nothing(client, otto):
    running, ended = make_session(), make_session(make_creator("Nova"))
    end_session(ended, by="creator")
    base = "/admin/live/livesession/"

    found = {state: set(listed(client, f"{base}?state={state}")) for state in ("live", "ended", "never")}

    assert found == {"live": {str(running.pk)}, "ended": {str(ended.pk)}, "never": {str(running.pk), str(ended.pk)}}


def test_csv_has_the_rows_of_the_filter_and_of_the_search(client, otto):
    vera, vito = make_user("Vera"), make_user("Vito")
    confirm(make_recharge(vera, package=package_of(5_000)))
    make_recharge(vito, package=package_of(100))

    paid = rows_of(client.get("/admin/wallet/recharge/csv/?status__exact=confirmed&above=1000"))
    found = rows_of(client.get(f"/admin/wallet/recharge/csv/?q={vito.email}"))

    assert [(row["user"], row["price"], row["status"]) for row in paid] == [("Vera", "$50.00", "Paid")]
    assert [row["user"] for row in found] == ["Vito"]


def test_list_links_to_the_csv_of_its_filter(client, otto):
    page = client.get("/admin/wallet/recharge/?status__exact=confirmed").content.decode()

    assert 'href="csv/?status__exact=confirmed"' in page


def test_a_name_in_a_csv_cant_be_a_formula(client, otto):
    vera = make_user("Vera", coins=100)
    type(vera).objects.filter(pk=vera.pk).update(name="=1+1")

    rows = rows_of(client.get("/admin/wallet/recharge/csv/"))

    assert [row["user"] for row in rows] == ["'=1+1"]


def test_csv_needs_the_permission_of_its_list(client):
    client.force_login(make_limited_operator("wallet.view_recharge"))

    statuses = [
        client.get("/admin/wallet/recharge/csv/").status_code,
        client.get("/admin/wallet/transfer/csv/").status_code,
        client.get("/admin/wallet/recharge/csv/?started_at__gte=never").status_code,
    ]

    assert statuses == [200, 403, 303]
    assert Transfer.objects.count() == 0


def test_tile_of_what_is_owed_leads_to_the_largest_creator_in_words_and_dollars(client, otto):
    make_earner(60_000)
    make_earner(68_386, "Nova")
    (tile,) = (tile for tile in client.get("/admin/").context["tiles"] if tile.label == "Owed to creators")

    page = client.get(tile.url).context["cl"]

    admin = page.model_admin
    rows = [(admin.called(row), admin.amount(row), admin.worth(row), admin.holds(row)) for row in page.result_list]
    assert rows == [
        ("Nova", "68,386 diamonds", "$341.93", "Diamonds of creators"),
        ("Cleo", "60,000 diamonds", "$300.00", "Diamonds of creators"),
    ]
