"""The operator's pages of a withdrawal, a recharge and a live, and the search for everything."""

from uuid import uuid4

import pytest
from django.utils import timezone

from live.comments.comments import write_comment
from live.desk.searching import _begun, search_all
from live.sessions.sessions import end_session
from payouts.withdrawals.sending import send_withdrawals
from tests.factories import (
    confirm,
    make_creator,
    make_payout_account,
    make_recharge,
    make_session,
    make_user,
    package_of,
    tap,
)
from tests.operator import make_limited_operator, make_operator
from tests.payouts.earning import make_earner, withdraw
from wallet.models import PaymentEvent, Recharge

pytestmark = pytest.mark.django_db


def found(operator, text):
    return [(one.kind, one.words) for one in search_all(operator, text)]


@pytest.mark.once
def test_a_withdrawal_has_the_creators_tracker_and_the_providers_answers(client, otto):
    withdrawal = withdraw(make_earner(20_000))
    send_withdrawals()

    response = client.get(f"/admin/withdrawal/{withdrawal.pk}/")

    assert response.context["track"].said == "PayPal has it."
    assert [report.status for report in response.context["reports"]] == ["PENDING"]
    assert [step.status for step in response.context["steps"]] == ["requested", "sent"]
    assert response.context["actions"] == []


@pytest.mark.once
def test_a_withdrawal_that_waits_offers_its_actions_to_who_may_act(client, otto):
    withdrawal = withdraw(make_earner(20_000))
    type(withdrawal).objects.filter(pk=withdrawal.pk).update(
        attention="unanswered", first_sent_at=timezone.now(), provider_reference="R-1"
    )
    offered = client.get(f"/admin/withdrawal/{withdrawal.pk}/").context["actions"]
    client.force_login(make_limited_operator("payouts.view_withdrawal"))

    context = client.get(f"/admin/withdrawal/{withdrawal.pk}/").context

    assert [action.slug for action in offered] == ["refuse", "retry", "mark-paid", "give-back"]
    assert "actions" not in context


@pytest.mark.once
def test_a_recharge_says_what_became_of_its_coins(client, otto):
    vera = make_user("Vera")
    recharge = make_recharge(vera, package=package_of(500))
    confirm(recharge)
    tap(vera, make_session(make_creator("Nova", followers=1000), title="Strings"), quantity=3)

    context = client.get(f"/admin/recharge/{recharge.pk}/").context

    assert [step.status for step in context["steps"]] == ["started", "confirmed"]
    assert len(context["messages_of_provider"]) == 1
    lot, page = context["purchase"]
    assert (lot.spent, lot.given_back, lot.unspent) == (15, 0, 485)
    assert [(one.session.title, one.coins) for one in page.object_list] == [("Strings", 15)]


@pytest.mark.once
def test_a_recharge_that_wasnt_paid_has_no_coins(client, otto):
    recharge = make_recharge(make_user("Vera"))

    response = client.get(f"/admin/recharge/{recharge.pk}/")

    assert "No coins were credited." in response.content.decode()


@pytest.mark.once
def test_a_live_has_its_points_gifters_taps_and_comments(client, otto):
    vera, session = make_user("Vera", coins=100), make_session(make_creator("Nova", followers=1000))
    tap(vera, session, quantity=2)
    write_comment(author=vera, session_id=session.pk, comment_id=uuid4(), text="Bravo")
    end_session(session, by="creator")

    context = client.get(f"/admin/live/{session.pk}/").context

    assert (context["points"], context["gifts"], context["settlement"].diamonds) == (10, 2, 10)
    assert [(one.viewer.name, one.points) for one in context["gifters"]] == [("Vera", 10)]
    assert [comment.text for comment in context["comments"]] == ["Bravo"]


@pytest.mark.once
@pytest.mark.parametrize("page", ["withdrawal", "recharge", "live"])
def test_pages_need_the_permission_of_their_rows(client, page):
    client.force_login(make_limited_operator("people.view_user"))
    shown = client.get(f"/admin/{page}/{uuid4()}/")

    assert shown.status_code == 403

    client.force_login(make_operator())

    shown = client.get(f"/admin/{page}/{uuid4()}/")

    assert shown.status_code == 404


@pytest.mark.once
def test_parts_of_a_page_need_the_permission_of_their_rows(client):
    vera, session = make_user("Vera"), make_session(make_creator("Nova", followers=1000), title="Strings")
    recharge = make_recharge(vera, package=package_of(500))
    confirm(recharge)
    tap(vera, session)
    end_session(session, by="creator")
    client.force_login(make_limited_operator("wallet.view_recharge", "live.view_livesession"))

    of_recharge, of_live = client.get(f"/admin/recharge/{recharge.pk}/"), client.get(f"/admin/live/{session.pk}/")

    hidden = {"messages_of_provider", "transfers", "purchase", "settlement", "gifters", "taps", "comments"}
    assert {name for name in hidden if name in of_recharge.context or name in of_live.context} == set()
    assert "Credited: 500 coins." in of_recharge.content.decode()
    assert "not yet" not in of_live.content.decode()


# --- Search -------------------------------------------------------------------------------------


def test_people_are_found_by_name_mail_and_handle():
    otto, cleo = make_operator(), make_creator("Cleo", followers=0)

    for text in ("cleo", "Cle", cleo.user.email, f"@{cleo.handle}", f"coins:user:{cleo.pk}"):
        assert found(otto, text) == [("Creator", "Cleo")], text


def test_a_withdrawal_is_found_by_its_id_its_quote_and_the_providers_names():
    otto, withdrawal = make_operator(), withdraw(make_earner(20_000))
    send_withdrawals()
    withdrawal.refresh_from_db()

    texts = [str(withdrawal.pk), withdrawal.pk.hex, f"ref {withdrawal.quote_id}", withdrawal.provider_reference]

    assert {text: found(otto, text) for text in texts} == {text: [("Withdrawal", "$100.00 to Cleo")] for text in texts}


def test_a_recharge_is_found_by_its_id_and_the_providers_payment_and_event():
    otto, recharge = make_operator(), make_recharge(make_user("Vera"))
    confirm(recharge)
    recharge.refresh_from_db()

    for text in (str(recharge.pk), recharge.payment_id, PaymentEvent.objects.get().event_id):
        assert ("Recharge", "100 coins for $1.00 by Vera") in found(otto, text), text


def test_a_live_is_found_by_its_title_a_tap_and_a_comment():
    otto, vera = make_operator(), make_user("Vera", coins=100)
    session = make_session(make_creator("Nova", followers=1000), title="Strings")
    given = vera.taps.get(pk=tap(vera, session).id)

    for text in ("string", str(session.pk)):
        assert found(otto, text) == [("Live", "Strings")], text
    assert found(otto, str(given.tap_id)) == [("Tap", "Panda ×1 by Vera"), ("Live", "Strings")]


@pytest.mark.parametrize("digits", [8, 13, 31])
def test_a_thing_is_found_by_the_first_eight_of_its_id_or_more(digits):
    otto = make_operator()
    recharge, withdrawal, live = make_recharge(make_user("Vera")), withdraw(make_earner(20_000)), make_session()

    for row, page in ((recharge, "recharge"), (withdrawal, "withdrawal"), (live, "live")):
        found = search_all(otto, str(row.pk)[:digits].upper())
        assert [(one.page, one.key) for one in found] == [(page, row.pk)]
        assert search_all(otto, str(row.pk)[:7]) == []


@pytest.mark.once
def test_a_beginning_of_an_id_reads_a_range_of_the_primary_key():
    plan = _begun(Recharge.objects.all(), "3f2a91bc").explain()

    assert "id>? AND id<?" in plan


def test_an_owner_is_found_by_the_last_four_of_an_iban():
    otto, cleo = make_operator(), make_user("Cleo")
    make_payout_account(cleo, service="bank", receiver="PT50000201231234567890154")

    assert found(otto, "0154") == [("Person", "Cleo")]
    assert found(otto, "PT50 0002 0123 1234 5678 9015 4") == [("Person", "Cleo")]
    assert found(otto, "0155") == []


def test_search_finds_what_the_permissions_allow():
    withdrawal = withdraw(make_earner(20_000))

    operator = make_limited_operator("people.view_user")

    assert found(operator, str(withdrawal.pk)) == []

    operator = make_limited_operator("payouts.view_withdrawal")

    assert found(operator, "cleo") == []


@pytest.mark.once
@pytest.mark.parametrize("text", ["", " ", "\x00", "%", "x" * 5_000, "coins:user:99999999999999999999"])
def test_search_answers_any_text(client, otto, text):
    page = client.get("/admin/search/", {"q": text})

    assert page.status_code == 200


@pytest.mark.once
def test_every_page_of_the_admin_has_the_search(client, otto):
    for address in ("/admin/", "/admin/wallet/transfer/", f"/admin/people/user/{otto.pk}/change/", "/admin/search/"):
        page = client.get(address)

        assert 'action="/admin/search/"' in page.content.decode(), address


@pytest.mark.once
def test_rows_of_lists_lead_to_the_page_of_the_thing(client, otto):
    recharge = make_recharge(make_user("Vera"))

    page = client.get("/admin/wallet/recharge/")

    assert f'href="/admin/recharge/{recharge.pk}/' in page.content.decode()

    page = client.get("/admin/people/user/")

    assert f'href="/admin/person/{otto.pk}/' in page.content.decode()
