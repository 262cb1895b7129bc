"""One's own data as files: exact numbers, one's own alone, the same in CSV and JSON, and each column explained."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
import time_machine

from live.comments.comments import write_comment
from live.gifts.limits import set_limits
from live.models import Follow, Thanks
from live.own_data.everything import TABLES
from live.sessions.sessions import end_session
from payouts.models import PayoutAccount
from payouts.withdrawals.withdrawals import quote, request_withdrawal
from people.models import Notice, OperatorNote, User
from people.own_data import tables as own_tables_module
from tests.factories import confirm, make_creator, make_payout_account, make_recharge, make_session, make_user, tap
from tests.live.own_data.reading import own_json, own_tables
from tests.operator import make_operator

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 1, 15, 22, 30, tzinfo=UTC)
COMMENT = UUID("5a1f0c9e-0000-4000-8000-000000000001")


@pytest.fixture
def world():
    """Vera gives, writes and follows; Cleo earns and withdraws."""
    with time_machine.travel(MOMENT, tick=False):
        vera, cleo = make_user("Vera"), make_creator("Cleo")
        bought = make_recharge(vera)
        confirm(bought)
        give = make_user("Mallory", coins=50_000)
        live = make_session(cleo, title="Friday strings")
        tap(vera, live, quantity=3)
        tap(give, live, gift_slug="supernova", quantity=4)
        write_comment(author=vera, session_id=live.pk, comment_id=COMMENT, text="=1+1 Bravo")
        Follow.objects.create(follower=vera, creator=cleo)
        Thanks.objects.create(session=live, gifter=vera, words="Thank you!")
        end_session(live, by="creator")
        account = make_payout_account(cleo.user)
        request_withdrawal(quote=quote(creator=cleo.user, account=account, cents=200_00), creator=cleo.user)
    return {"vera": vera, "cleo": cleo.user, "live": live, "recharge": bought}


def test_viewers_data_has_every_number_exactly(client, world):
    tables, _ = own_tables(client, world["vera"])

    assert tables["profile"][0] | {"last_log_in_utc": ""} == {
        "email": world["vera"].email,
        "name": "Vera",
        "picture": "octopus",
        "appears_as_somebody": "no",
        "joined_utc": "2026-01-15T22:30:00Z",
        "last_log_in_utc": "",
        "is_operator": "no",
    }
    assert tables["recharges"] == [
        {
            "recharge": str(world["recharge"].pk),
            "started_utc": "2026-01-15T22:30:00Z",
            "coins": "100",
            "cents": "100",
            "usd": "1.00",
            "provider": "sandbox",
            "method": "card",
            "status": "confirmed",
            "payment": tables["recharges"][0]["payment"],
            "checkout": "",
            "checkout_state": "",
        }
    ]
    assert [step["status"] for step in tables["recharge_steps"]] == ["started", "confirmed"]
    sent = [(row["name"], row["quantity"], row["price_coins"], row["usd"]) for row in tables["gifts_sent"]]
    assert sent == [("Panda", "3", "5", "0.150000")]
    assert tables["coins_spent"] == [
        {
            "live": str(world["live"].pk),
            "title": "Friday strings",
            "creator": "Cleo",
            "name": "Panda",
            "quantity": "3",
            "coins": "15",
            "usd": "0.150000",
        }
    ]
    assert [(move["account"], move["amount"], move["reason"]) for move in tables["moves"]] == [
        ("coins", "100", "recharge"),
        ("coins", "-15", "gift"),
    ]
    assert tables["balances"] == [{"account": "coins", "unit": "coin", "amount": "85"}]
    assert [(row["creator"], row["since_utc"]) for row in tables["follows"]] == [("Cleo", "2026-01-15T22:30:00Z")]
    assert [(row["creator"], row["words"]) for row in tables["thanks_received"]] == [("Cleo", "Thank you!")]
    assert tables["lives"] == tables["withdrawals"] == tables["statements"] == []


def test_creators_data_has_lives_settlements_statements_and_withdrawals(client, world):
    tables, _ = own_tables(client, world["cleo"])

    assert [(row["title"], row["ended_utc"]) for row in tables["lives"]] == [("Friday strings", "2026-01-15T22:30:00Z")]
    settled = tables["settlements"][0]
    assert (settled["gifts"], settled["points"], settled["diamonds"]) == ("7", "40015", "40015")
    assert (settled["usd_per_diamond"], settled["usd"]) == ("0.005000", "200.075000")
    withdrawn = tables["withdrawals"][0]
    assert (withdrawn["cents"], withdrawn["usd"], withdrawn["diamonds"]) == ("20000", "200.00", "40000")
    assert [step["status"] for step in tables["withdrawal_steps"]] == ["requested"]
    assert [(row["account"], row["amount"]) for row in tables["balances"]] == [("diamonds", "15"), ("held", "40000")]
    closing = next(row for row in tables["statements"] if row["line"] == "closing")
    assert (closing["period"], closing["diamonds"]) == ("2026-01", "15")


def test_receiver_of_a_payout_account_is_masked_as_on_the_pages(client, world):
    receiver = PayoutAccount.objects.get().receiver

    tables, _ = own_tables(client, world["cleo"])
    document = own_json(client, world["cleo"])

    assert tables["payout_accounts"][0]["receiver"] == PayoutAccount.objects.get().masked_receiver
    others = {name: rows for name, rows in tables.items() if name not in {"profile", "email_addresses"}}
    assert receiver not in str(others)
    assert receiver not in str(document["tables"]["payout_accounts"])


def test_json_has_the_same_rows_with_whole_numbers(client, world):
    tables, _ = own_tables(client, world["vera"])
    document = own_json(client, world["vera"])

    assert list(document["tables"]) == list(tables) == [table.name for table in TABLES]
    gift = document["tables"]["gifts_sent"]["rows"][0]
    assert (gift["coins"], gift["usd"], gift["at_utc"], gift["as_somebody"]) == (
        15,
        "0.150000",
        "2026-01-15T22:30:00Z",
        False,
    )
    assert {name: len(table["rows"]) for name, table in document["tables"].items()} == {
        name: len(rows) for name, rows in tables.items()
    }
    assert document["tables"]["gifts_sent"]["columns"]["coins"] == "coins for all"


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe_in_csv_alone(client, world):
    tables, _ = own_tables(client, world["vera"])
    document = own_json(client, world["vera"])

    assert tables["comments"][0]["text"] == "'=1+1 Bravo"
    assert document["tables"]["comments"]["rows"][0]["text"] == "=1+1 Bravo"


def test_file_holds_nothing_of_other_people(client, world):
    otto, stranger = make_operator(), make_user("Nobody")
    OperatorNote.objects.create(about=stranger, author=otto, text="Looks odd to us")
    Notice.objects.create(user=world["vera"], text="Only for Vera")

    tables, readme = own_tables(client, stranger)
    document = str(own_json(client, stranger))

    filled = {name for name, rows in tables.items() if rows}
    assert filled == {"profile", "email_addresses", "mail_choices", "age_declarations"}
    assert "Looks odd" not in document
    assert world["vera"].email not in str(tables) + readme


def test_own_limits_are_in_coins_and_dollars(client):
    vera = make_user()
    set_limits(vera, daily=250, weekly=None)

    tables, _ = own_tables(client, vera)

    limit = tables["own_limits"][0]
    assert (limit["daily_coins"], limit["daily_usd"], limit["weekly_coins"], limit["weekly_usd"]) == (
        "250",
        "2.500000",
        "",
        "",
    )


def test_readme_explains_every_file_and_column_and_what_is_left_out(client):
    _, readme = own_tables(client, make_user())

    for table in TABLES:
        assert f"\n{table.name}.csv\n" in readme
        assert all(f"\n  {column}: " in readme for column in table.columns)
    assert "Left out\n  Secrets: your password" in readme
    assert max(map(len, readme.splitlines())) <= 100


def test_rows_beyond_one_query_come_once_and_in_their_order(client, world, monkeypatch):
    monkeypatch.setattr(own_tables_module, "AT_A_TIME", 3)
    vera = world["vera"]
    with time_machine.travel(MOMENT, tick=False):
        again = [make_recharge(vera) for _ in range(10)]
    live = make_session(make_creator("Nova"))
    for _ in range(7):
        tap(vera, live)

    tables, _ = own_tables(client, vera)

    assert len(tables["recharges"]) == len({row["recharge"] for row in tables["recharges"]}) == 11
    assert {str(recharge.pk) for recharge in again} < {row["recharge"] for row in tables["recharges"]}
    assert [row["quantity"] for row in tables["gifts_sent"]] == ["3", *["1"] * 7]
    assert sum(int(row["amount"]) for row in tables["moves"]) == 50
    assert User.objects.get(pk=vera.pk).accounts.get().balance == 50
