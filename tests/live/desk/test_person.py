"""The operator's page of one person: what they have and did, each part for those who may view it; notes."""

import pytest

from live.gifts.limits import Limits, set_limits
from payouts.withdrawals.approvals import refuse_withdrawal
from people.models import OperatorNote
from tests.factories import confirm, make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.operator import make_limited_operator, make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.signing_in import sign_in_recently
from wallet.ledger import reverse
from wallet.models import Reason, Transfer

pytestmark = pytest.mark.django_db

PARTS = {"balances", "recharges", "withdrawals", "lives", "taps", "limits", "comments", "accounts", "sessions"}
PARTS |= {"suspension", "notes"}


def page_of(person, act=""):
    return f"/admin/person/{person.pk}/{act and f'{act}/'}"


def test_page_says_what_the_person_has_and_did(client, otto):
    vera = make_user("Vera")
    confirm(make_recharge(vera, package=package_of(500)))
    tap(vera, make_session(make_creator("Nova", followers=1000)), quantity=2)

    context = client.get(page_of(vera)).context

    assert context["balances"] == {"coins": 490, "diamonds": 0, "held": 0}
    assert context["recharged"] == {"count": 1, "cents": 500, "coins": 500}
    assert context["given"] == {"count": 1, "coins": 10}
    assert [str(one) for one in context["taps"]] == ["Panda ×2"]


def test_page_of_a_creator_has_diamonds_and_withdrawals(client, otto):
    cleo = make_earner(60_000)
    withdraw(cleo, 200_00)

    context = client.get(page_of(cleo)).context

    assert context["balances"] == {"coins": 0, "diamonds": 20_000, "held": 40_000}
    assert context["withdrawn"] == {"paid_cents": 0, "way_cents": 200_00}
    assert len(context["lives"]) == 1


@pytest.mark.once
def test_page_takes_the_same_queries_whatever_the_past(client, otto, django_assert_num_queries):
    cleo = make_earner(60_000)
    withdraw(cleo, 200_00)

    with django_assert_num_queries(20):
        client.get(page_of(cleo))


@pytest.mark.once
@pytest.mark.parametrize(
    ("permission", "parts"),
    [
        ("wallet.view_recharge", {"recharges"}),
        ("payouts.view_withdrawal", {"withdrawals"}),
        ("live.view_comment", {"comments"}),
        ("live.view_gifttap", {"taps", "limits"}),
        ("people.view_suspension", {"suspension"}),
        ("people.view_operatornote", {"notes"}),
        ("people.change_user", {"sessions"}),
    ],
)
def test_an_operator_sees_the_parts_whose_rows_they_may_view(client, permission, parts):
    client.force_login(make_limited_operator("people.view_user", permission))

    context = client.get(page_of(make_user("Vera"))).context

    assert {name for name in PARTS if name in context} == parts


@pytest.mark.once
def test_history_of_withdrawals_is_for_those_who_may_view_them(client):
    cleo, otto = make_earner(60_000), make_operator()
    refuse_withdrawal(withdraw(cleo, 200_00), by=otto, why="Looks like a thief.")
    seen = {}

    for permission in ("people.view_suspension", "payouts.view_withdrawal"):
        client.force_login(make_limited_operator("people.view_user", permission))
        seen[permission] = [entry.change_message for entry in client.get(page_of(cleo)).context["history"]]

    assert seen == {
        "people.view_suspension": [],
        "payouts.view_withdrawal": ["Refused. Reason: Looks like a thief."],
    }


@pytest.mark.once
def test_page_says_the_own_limit_that_counts_and_not_the_one_to_come(client, otto):
    vera = make_user("Vera")
    set_limits(vera, daily=100, weekly=500)
    set_limits(vera, daily=None, weekly=None)

    page = client.get(page_of(vera))

    assert page.context["limits"] == Limits(100, 500)
    assert "100 coins a day and 500 coins a week" in " ".join(page.content.decode().split())


@pytest.mark.once
@pytest.mark.spoils_books
def test_a_reversed_gift_isnt_among_the_coins_given(client, otto):
    vera = make_user("Vera", coins=100)
    tap(vera, make_session(make_creator("Nova", followers=1000)), quantity=2)
    reverse(Transfer.objects.get(reason=Reason.GIFT))

    context = client.get(page_of(vera)).context

    assert (context["given"], context["balances"]["coins"]) == ({"count": 0, "coins": 0}, 100)


@pytest.mark.once
def test_without_the_permission_there_is_no_page_and_no_act(client):
    vera = make_user("Vera")
    sign_in_recently(client, make_limited_operator("wallet.view_recharge"))
    page = client.get(page_of(vera))

    assert page.status_code == 403

    sign_in_recently(client, make_limited_operator("people.view_user"))

    statuses = [
        client.get(page_of(vera)).status_code,
        client.post(page_of(vera), {"text": "Kind."}).status_code,
        client.post(page_of(vera, "suspend"), {"reason": "No."}).status_code,
        client.get("/admin/person/999999/").status_code,
    ]

    assert statuses == [200, 403, 403, 404]


# --- Notes --------------------------------------------------------------------------------------


def test_a_note_is_kept_with_its_author(client, otto):
    vera = make_user("Vera")

    response = client.post(page_of(vera), {"text": "Asked for a receipt."})

    assert response.status_code == 303
    assert OperatorNote.objects.values_list("about", "author", "text").get() == (
        vera.pk, otto.pk, "Asked for a receipt.",
    )  # fmt: skip

    page = client.get(page_of(vera))

    assert "Asked for a receipt." in page.content.decode()


def test_a_note_that_is_posted_again_is_kept_once(client, otto):
    vera = make_user("Vera")

    for text in ("Wrote to them.", "Wrote to them.", "They answered.", "Wrote to them."):
        client.post(page_of(vera), {"text": text})

    assert [note.text for note in vera.notes_about.all()] == ["Wrote to them.", "They answered.", "Wrote to them."]


@pytest.mark.parametrize("text", ["", " ", "x" * 501, "\u200b"])
def test_an_empty_or_long_note_is_refused(client, otto, text):
    response = client.post(page_of(make_user("Vera")), {"text": text})

    assert response.status_code == 422
    assert OperatorNote.objects.count() == 0
