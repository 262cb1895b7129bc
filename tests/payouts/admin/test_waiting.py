"""“Waiting for you”: its rows, the page before each action, and the permissions for both."""

import pytest
import time_machine
from django.contrib.admin.models import LogEntry

from payouts.admin.actions import ACTIONS
from payouts.diamonds import diamond_balance
from payouts.withdrawals.approvals import approve_withdrawal
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.operator import latest_history, make_limited_operator, make_operator
from tests.payouts.operating import contradicts, fresh, has_unknown_status, never_answered, waits_for_approval
from tests.payouts.signing_in import let_time_pass, sign_in_recently

pytestmark = pytest.mark.django_db
QUEUE = "/admin/payouts/withdrawal/waiting/"
WAITS = [waits_for_approval, has_unknown_status, never_answered, contradicts]


@pytest.fixture
def otto(client):
    otto = make_operator()
    sign_in_recently(client, otto)
    return otto


def page_of(withdrawal, action):
    return f"{QUEUE}{withdrawal.pk}/{action}/"


def words_of(response):
    return " ".join(response.content.decode().split())


def offered_on(response, withdrawal):
    return [action.slug for action in ACTIONS if page_of(withdrawal, action.slug) in response.content.decode()]


def test_queue_shows_what_waits_the_oldest_first_with_amount_creator_and_the_provider_s_word(client, otto):
    # In March 29 days are a month.
    with time_machine.travel("2026-11-25 12:00Z", tick=False):
        first, second = never_answered(), has_unknown_status(250_00)
        response = client.get(QUEUE)
    words = words_of(response)
    assert list(response.context["page"]) == [first, second]
    assert "<dd>MYSTERIOUS, " in words
    assert "In a status of its own." in words
    assert "<dt>Last trouble</dt><dd>The provider did not answer.</dd>" in words
    assert "$250.00</a> to Cleo" in words
    assert "50,000 at $0.005 each" in words
    assert "c•••@" not in words
    assert "PayPal · s•••@example.com · Portugal" in words
    assert "4 weeks, 1 day ago" in words.replace("\xa0", " ")


@pytest.mark.once
def test_queue_says_that_nothing_waits(client, otto):
    page = client.get(QUEUE)

    assert "Nothing waits." in words_of(page)


def test_queue_is_filtered_by_why_it_waits(client, otto):
    made = {make().attention: make for make in WAITS}
    assert len(made) == 4
    for why in made:
        response = client.get(QUEUE, {"why": why})
        assert [row.attention for row in response.context["page"]] == [why]
        assert {kind: count for kind, _, count in response.context["kinds"]}[why] == 1
    page = client.get(QUEUE, {"why": "no-such"})

    assert len(page.context["page"]) == 4


def test_queue_offers_what_is_possible_and_nothing_else(client, otto):
    offered = [
        ["approve", "refuse"],
        ["retry", "mark-paid", "give-back"],
        ["mark-paid", "give-back"],
        ["acknowledge"],
    ]
    made = [make() for make in WAITS]
    # An hour after the worker took it up for the last time.
    type(made[2]).objects.filter(pk=made[2].pk).update(taken_at=made[2].first_sent_at)
    response = client.get(QUEUE)
    assert [offered_on(response, withdrawal) for withdrawal in made] == offered
    for withdrawal in made:
        for action in ACTIONS:
            is_offered = page_of(withdrawal, action.slug) in response.content.decode()
            page = client.get(page_of(withdrawal, action.slug))

            assert page.status_code == (200 if is_offered else 409)


@pytest.mark.parametrize("count", [1, 3])
def test_queue_takes_six_queries(client, otto, django_assert_num_queries, count):
    lena = make_operator("Lena")
    for _ in range(count):
        approve_withdrawal(waits_for_approval(600_00), by=lena, why="Fine.")
    # Session, operator, counts by cause, number of rows, rows, approvals, operators' reasons.
    with django_assert_num_queries(6):
        page = client.get(QUEUE)

    assert page.status_code == 200


@pytest.mark.once
def test_confirm_page_says_in_words_what_will_happen(client, otto):
    withdrawal = waits_for_approval(200_00)
    words = words_of(client.get(page_of(withdrawal, "approve")))
    to = f"PayPal · {withdrawal.account.masked_receiver} · Portugal"
    assert f"$200.00 (40,000 diamonds) of Cleo is sent to {to} by the worker, within a few seconds." in words
    words = words_of(client.get(page_of(withdrawal, "refuse")))
    assert "Cleo gets 40,000 diamonds back, and $200.00 of the allowance for the week of" in words
    assert "The creator reads it" in words
    assert fresh(withdrawal).attention == "approval"
    two = waits_for_approval(600_00)
    words = words_of(client.get(page_of(two, "approve")))
    assert "After you it needs 1 more; nothing is sent yet." in words


def test_approving_leads_back_to_the_queue_and_says_what_happened(client, otto):
    withdrawal = waits_for_approval(200_00)
    response = client.post(page_of(withdrawal, "approve"), {"reason": "Known."})
    assert (response.status_code, response["Location"]) == (303, QUEUE)

    page = client.get(QUEUE)

    assert "Approved. The worker sends $200.00 to PayPal" in words_of(page)
    assert fresh(withdrawal).attention == ""
    assert latest_history() == ("Otto", "Approved, 1 of 1. Reason: Known.")
    again = client.post(page_of(withdrawal, "approve"), {"reason": "Known."})
    assert again.status_code == 409
    assert "Nothing was changed.</strong> It doesn&#x27;t wait for an approval: it is requested." in words_of(again)


def test_refusing_says_what_came_back(client, otto):
    withdrawal = waits_for_approval(200_00)
    answer = client.post(page_of(withdrawal, "refuse"), {"reason": "Not your name."})

    assert answer.status_code == 303

    page = client.get(QUEUE)

    assert "Refused. 40,000 diamonds are back with the creator." in words_of(page)
    assert diamond_balance(withdrawal.creator) == 40_000


def test_marking_as_paid_asks_for_the_reference(client, otto):
    withdrawal = has_unknown_status()
    page = page_of(withdrawal, "mark-paid")
    response = client.post(page, {"reason": "Seen."})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["reference"]
    assert fresh(withdrawal).status == "sent"

    answer = client.post(page, {"reason": "Seen.", "reference": "8XK2"})

    assert answer.status_code == 303
    assert fresh(withdrawal).status == "paid"


def test_the_other_actions_are_done_from_their_pages(client, otto):
    retried, back, contradiction = has_unknown_status(), has_unknown_status(), contradicts()
    for withdrawal, action in ((retried, "retry"), (back, "give-back"), (contradiction, "acknowledge")):
        answer = client.post(page_of(withdrawal, action), {"reason": "Looked."})

        assert answer.status_code == 303
    assert fresh(retried).ask_now
    assert fresh(back).status == "failed"
    assert fresh(contradiction).attention == ""
    assert LogEntry.objects.count() == 3


@pytest.mark.once
@pytest.mark.parametrize("reason", ["", " ", "x" * 181, "a\x00b"])
def test_without_a_usable_reason_the_form_is_shown_again(client, otto, reason):
    withdrawal = waits_for_approval()
    response = client.post(page_of(withdrawal, "approve"), {"reason": reason})
    assert response.status_code == 422
    assert "reason" in response.context["form"].errors
    assert fresh(withdrawal).attention == "approval"


def test_a_creator_who_cancels_meanwhile_is_told_in_words(client, otto):
    withdrawal = waits_for_approval()
    cancel_withdrawal(withdrawal, by="creator")
    response = client.post(page_of(withdrawal, "approve"), {"reason": "Known."})
    assert response.status_code == 409
    assert "it is cancelled." in words_of(response)
    assert LogEntry.objects.count() == 0


@pytest.mark.once
def test_who_has_approved_reads_that_another_one_must(client, otto):
    withdrawal = waits_for_approval(600_00)
    client.post(page_of(withdrawal, "approve"), {"reason": "Known."})
    response = client.get(QUEUE)
    assert offered_on(response, withdrawal) == ["refuse"]
    assert "1 of 2 given" in words_of(response)
    assert "<dt>Approved</dt><dd>Otto, " in words_of(response)

    page = client.get("/admin/")

    assert "Waiting for you: 0" in words_of(page)


@pytest.mark.once
def test_own_withdrawal_waits_for_somebody_else(client):
    withdrawal = waits_for_approval()
    cleo = withdrawal.creator
    cleo.is_staff = cleo.is_superuser = True
    cleo.save()
    sign_in_recently(client, cleo)
    response = client.get(QUEUE)
    assert offered_on(response, withdrawal) == []
    assert "It is your own withdrawal: another operator must look at it." in words_of(response)

    answer = client.post(page_of(withdrawal, "approve"), {"reason": "Mine."})

    assert answer.status_code == 409


def test_first_page_and_list_count_what_waits(client, otto):
    waits_for_approval()
    page = client.get("/admin/")

    assert "Waiting for you: 1" in words_of(page)

    page = client.get("/admin/payouts/withdrawal/")

    assert "Waiting for you: 1" in words_of(page)


@pytest.mark.once
def test_staff_without_the_permission_neither_see_nor_do_it(client):
    withdrawal = waits_for_approval()
    sign_in_recently(client, make_limited_operator("payouts.view_withdrawal"))
    page = client.get("/admin/")

    assert "Waiting for you" not in words_of(page)

    page = client.get("/admin/payouts/withdrawal/")

    assert "Waiting for you" not in words_of(page)

    page = client.get(QUEUE)

    assert page.status_code == 403

    for action in ACTIONS:
        page = client.get(page_of(withdrawal, action.slug))

        assert page.status_code == 403

        form = {"reason": "Known.", "reference": "R1"}
        answer = client.post(page_of(withdrawal, action.slug), form)

        assert answer.status_code == 403
    assert fresh(withdrawal).attention == "approval"
    assert LogEntry.objects.count() == 0


@pytest.mark.once
def test_staff_with_the_permission_alone_may(client):
    withdrawal = waits_for_approval()
    sign_in_recently(client, make_limited_operator("payouts.change_withdrawal"))
    statuses = [
        client.get(QUEUE).status_code,
        client.post(page_of(withdrawal, "approve"), {"reason": "Known."}).status_code,
    ]

    assert statuses == [200, 303]

    # The row itself stays read-only.
    answer = client.post(f"/admin/payouts/withdrawal/{withdrawal.pk}/change/", {"status": "paid"})

    assert answer.status_code == 403


@pytest.mark.once
def test_what_is_not_there_is_not_found(client, otto):
    page = client.get(f"{QUEUE}00000000-0000-4000-8000-000000000000/approve/")

    assert page.status_code == 404


@pytest.mark.once
def test_a_stolen_session_of_an_operator_concludes_nothing(client, otto):
    withdrawal = waits_for_approval()
    let_time_pass(client)
    page = page_of(withdrawal, "approve")
    shown = client.get(page)

    assert shown.status_code == 200

    response = client.post(page, {"reason": "Known."})
    assert response.url.startswith("/accounts/reauthenticate/")
    assert fresh(withdrawal).approvals.count() == 0
