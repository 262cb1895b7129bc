"""Otto sets what a diamond is worth and what may be withdrawn, for now or later, and says why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payouts.models import DiamondRate, PayoutService, PayoutTerms
from tests.factories import make_payout_account, make_user
from tests.operator import errors_of, latest_history, make_limited_operator, save_shown

# Still to come whenever the tests run.
# Not the next one, which may begin while the tests run.
NEW_YEAR = f"{timezone.now().year + 2}-01-01"

pytestmark = pytest.mark.django_db
RATE = "/admin/payouts/diamondrate/add/"
TERMS = "/admin/payouts/payoutterms/add/"


def rate_form(dollars, *, date="", time="", reason="Card fees rose", **more):
    return {"micros": dollars, "starts_at_0": date, "starts_at_1": time, "reason_given": reason, **more}


def terms_form(**changes):
    return {
        "minimum_cents": "100.00",
        "weekly_cents": "1000.00",
        "quote_seconds": "60",
        "arrival_days": "3",
        "account_wait_hours": "72",
        "approval_cents": "",
        "two_people_cents": "",
        "starts_at_0": "",
        "starts_at_1": "",
        "reason_given": "A better fit",
        **changes,
    }


@pytest.mark.once
def test_rate_for_now_says_what_it_changes(client, otto):
    response = save_shown(client, RATE, rate_form("0.004"), follow=True)
    assert "A diamond will be worth $0.004 instead of $0.005 from" in response.content.decode()
    rate = DiamondRate.objects.at()
    assert (rate.micros, rate.set_by, rate.reason_given) == (4_000, otto, "Card fees rose")
    assert rate.starts_at <= timezone.now()
    who, said = latest_history()
    assert who == "Otto"
    assert said.endswith("Reason: Card fees rose")


def test_rate_for_later_does_not_count_yet_and_can_be_withdrawn(client, otto):
    save_shown(client, RATE, rate_form("0.004", date=NEW_YEAR, time="00:00"))
    assert DiamondRate.objects.at().micros == 5_000
    announced = DiamondRate.objects.filter(starts_at__gt=timezone.now())
    rate = announced.get()
    assert rate.micros == 4_000
    url = f"/admin/payouts/diamondrate/{rate.pk}/delete/"
    page = client.get(url)

    assert "Withdraw the announcement" in page.content.decode()

    client.post(url, {"post": "yes", "reason": "\x00"})
    assert announced.get() == rate
    client.post(url, {"post": "yes", "reason": "Not after all"})
    assert not announced.exists()


def test_quote_keeps_its_rate_when_a_new_one_starts(client, otto):
    before = DiamondRate.objects.at()
    save_shown(client, RATE, rate_form("0.004"))
    before.refresh_from_db()
    assert before.micros == 5_000

    answer = client.post(f"/admin/payouts/diamondrate/{before.pk}/change/", rate_form("0.000001"))

    assert answer.status_code == 403

    url = f"/admin/payouts/diamondrate/{before.pk}/delete/"
    answer = client.post(url, {"post": "yes", "reason": "x"})

    assert answer.status_code == 403


def test_rate_that_changes_by_more_than_half_asks_for_a_tick(client, otto):
    response = save_shown(client, RATE, rate_form("0.0005"))
    assert "a diamond will be worth $0.0005 instead of $0.005" in response.content.decode()
    assert DiamondRate.objects.count() == 1
    save_shown(client, RATE, rate_form("0.0005", confirmed="500"))
    assert DiamondRate.objects.at().micros == 500


@pytest.mark.once
@pytest.mark.parametrize("micros", ["0", "-5", "1.000001", "٣", "0.0000001", "4000", "", str(2**63), "9" * 5_000])
def test_impossible_rate_is_refused(client, otto, micros):
    answer = save_shown(client, RATE, rate_form(micros))

    assert "micros" in errors_of(answer)
    assert DiamondRate.objects.count() == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("date", "time"), [("2020-01-01", "00:00"), ("9999-12-31", "23:59"), ("0001-01-01", "00:00"), ("", "00:00")]
)
def test_rate_from_an_impossible_moment_is_refused(client, otto, date, time):
    client.cookies["tz"] = "America/New_York"
    answer = save_shown(client, RATE, rate_form("0.004", date=date, time=time))

    assert "starts_at" in errors_of(answer)
    assert DiamondRate.objects.count() == 1


@pytest.mark.once
def test_rate_needs_a_reason(client, otto):
    answer = save_shown(client, RATE, rate_form("0.004", reason=" "))

    assert "reason_given" in errors_of(answer)
    assert DiamondRate.objects.count() == 1


def test_two_rates_can_not_start_at_one_moment(client, otto):
    for micros in ("0.004", "0.0041"):
        response = save_shown(client, RATE, rate_form(micros, date=NEW_YEAR, time="00:00"))
    assert response.status_code == 200
    assert DiamondRate.objects.count() == 2


@pytest.mark.once
def test_terms_say_what_they_change(client, otto):
    response = save_shown(client, TERMS, terms_form(minimum_cents="90.00"), follow=True)
    assert "at least $90.00 instead of $100.00" in response.content.decode()
    assert PayoutTerms.objects.at().set_by == otto


@pytest.mark.once
def test_minimum_above_the_week_is_refused_in_words(client, otto):
    response = save_shown(client, TERMS, terms_form(minimum_cents="1000.01"))
    assert errors_of(response)["minimum_cents"] == ["The minimum can't be above the maximum of a week, $1,000.00."]
    assert PayoutTerms.objects.count() == 1


@pytest.mark.once
def test_terms_say_who_must_approve_what(client, otto):
    form = terms_form(approval_cents="300.00", two_people_cents="600.00", first_needs_approval="on")
    words = save_shown(client, TERMS, form, follow=True).content.decode()
    assert "One operator must approve what is above $300.00, two must approve what is above $600.00" in words
    assert "one must approve a creator&#x27;s first withdrawal, instead of: no withdrawal needs an approval" in words
    terms = PayoutTerms.objects.at()
    assert (terms.approval_cents, terms.two_people_cents, terms.first_needs_approval) == (300_00, 600_00, True)


@pytest.mark.once
def test_two_operators_below_the_amount_for_one_are_refused_in_words(client, otto):
    response = save_shown(client, TERMS, terms_form(approval_cents="300.00", two_people_cents="299.99"))
    words = "Two operators can't be needed below the amount from which one is needed, $300.00."
    assert errors_of(response)["two_people_cents"] == [words]
    assert PayoutTerms.objects.count() == 1
    save_shown(client, TERMS, terms_form(approval_cents="300.00", two_people_cents="300.00"))
    assert PayoutTerms.objects.count() == 2


@pytest.mark.once
@pytest.mark.parametrize(
    "looser",
    [
        {"approval_cents": "", "two_people_cents": "600.00", "first_needs_approval": "on"},
        {"approval_cents": "300.00", "two_people_cents": "", "first_needs_approval": "on"},
        {"approval_cents": "300.00", "two_people_cents": "900.01", "first_needs_approval": "on"},
        {"approval_cents": "300.00", "two_people_cents": "600.00"},
        {
            "approval_cents": "300.00",
            "two_people_cents": "600.00",
            "first_needs_approval": "on",
            "account_wait_hours": "35",
        },
    ],
)
def test_fewer_approvals_or_a_shorter_wait_ask_for_a_tick(client, otto, looser):
    save_shown(client, TERMS, terms_form(approval_cents="300.00", two_people_cents="600.00", first_needs_approval="on"))
    response = save_shown(client, TERMS, terms_form(**looser))
    assert PayoutTerms.objects.count() == 2
    [[token, _]] = response.context["adminform"].form.fields["confirmed"].widget.choices
    save_shown(client, TERMS, terms_form(**looser, confirmed=token))
    assert PayoutTerms.objects.count() == 3


@pytest.mark.once
@pytest.mark.parametrize("field", ["account_wait_hours", "approval_cents", "two_people_cents"])
@pytest.mark.parametrize("value", ["-1", "٣", str(2**63), "x", "1.505"])
def test_impossible_approvals_are_refused(client, otto, field, value):
    answer = save_shown(client, TERMS, terms_form(**{field: value}))

    assert field in errors_of(answer)
    assert PayoutTerms.objects.count() == 1


@pytest.mark.once
@pytest.mark.parametrize("field", ["minimum_cents", "weekly_cents", "quote_seconds", "arrival_days"])
@pytest.mark.parametrize("value", ["0", "-1", "٣", str(2**63), "x"])
def test_impossible_terms_are_refused(client, otto, field, value):
    answer = save_shown(client, TERMS, terms_form(**{field: value}))

    assert field in errors_of(answer)
    assert PayoutTerms.objects.count() == 1


def test_service_is_taken_off_the_list_with_a_reason(client, otto):
    paypal = PayoutService.objects.get(slug="paypal")
    url = f"/admin/payouts/payoutservice/{paypal.pk}/change/"
    countries = [country.code for country in paypal.countries]
    form = {"name": paypal.name, "fee_note": paypal.fee_note, "countries": countries, "receiver_kind": "email"}
    answer = client.post(url, form)

    assert errors_of(answer)["reason"] == ["Say why. Nothing was saved."]

    client.post(url, {**form, "reason": "Their outage"})
    paypal.refresh_from_db()
    assert not paypal.is_approved
    assert latest_history() == ("Otto", "Approved: yes → no. Reason: Their outage")


def test_history_says_which_countries_a_service_had_and_has(client, otto):
    paypal = PayoutService.objects.get(slug="paypal")
    PayoutService.objects.filter(pk=paypal.pk).update(countries="ES,PT")
    form = {"name": paypal.name, "is_approved": "on", "fee_note": paypal.fee_note, "receiver_kind": "email"}

    client.post(f"/admin/payouts/payoutservice/{paypal.pk}/change/", {**form, "countries": ["PT"], "reason": "Closed"})

    assert latest_history() == ("Otto", "Countries: ES, PT → PT. Reason: Closed")


def test_kind_of_receiver_is_fixed_once_somebody_has_given_one(client, otto):
    paypal = PayoutService.objects.get(slug="paypal")
    url = f"/admin/payouts/payoutservice/{paypal.pk}/change/"
    page = client.get(url)

    assert 'name="receiver_kind"' in page.content.decode()

    make_payout_account(make_user("Cleo"))
    page = client.get(url)

    assert 'name="receiver_kind"' not in page.content.decode()

    form = {"name": paypal.name, "is_approved": "on", "fee_note": "New", "receiver_kind": "phone", "reason": "A slip"}
    client.post(url, form)
    paypal.refresh_from_db()
    assert (paypal.receiver_kind, paypal.fee_note) == ("email", "New")


@pytest.mark.parametrize("name", ["withdrawal", "payoutaccount", "weeklyallowance"])
def test_money_on_its_way_can_be_looked_at_and_not_touched(client, otto, name):
    account = make_payout_account(make_user("Cleo"))
    statuses = [
        client.get(f"/admin/payouts/{name}/").status_code,
        client.get(f"/admin/payouts/{name}/add/").status_code,
    ]

    assert statuses == [200, 403]

    if name == "payoutaccount":
        statuses = [
            client.post(f"/admin/payouts/{name}/{account.pk}/change/", {"receiver": "m@example.com"}).status_code,
            client.post(f"/admin/payouts/{name}/{account.pk}/delete/", {"post": "yes"}).status_code,
        ]

        assert statuses == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "most"),
    # Withdrawals also count what waits for a person.
    [("diamondrate", 4), ("payoutterms", 4), ("payoutservice", 4), ("payoutaccount", 4), ("withdrawal", 5)],
)
def test_every_list_takes_few_queries(client, otto, django_assert_max_num_queries, name, most, count):
    for number in range(count):
        make_payout_account(make_user(f"Cleo{number}"))
        DiamondRate.objects.create(
            micros=5_000, starts_at=timezone.now() + timedelta(days=number + 1), reason_given="As before", set_by=otto
        )
    with django_assert_max_num_queries(most):
        page = client.get(f"/admin/payouts/{name}/")

    assert page.status_code == 200


def test_limited_operator_announces_nothing_without_the_permission(client):
    client.force_login(make_limited_operator("payouts.view_diamondrate"))
    statuses = [
        client.get("/admin/payouts/diamondrate/").status_code,
        save_shown(client, RATE, rate_form("0.004")).status_code,
        client.get("/admin/payouts/withdrawal/").status_code,
    ]

    assert statuses == [200, 403, 403]
    assert DiamondRate.objects.count() == 1
