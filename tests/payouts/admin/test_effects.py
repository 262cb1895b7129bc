"""Otto sees what a rate or a limit would do before he announces it, and announces what he has seen."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from payouts.models import DiamondRate, PayoutTerms
from tests.factories import make_creator, make_payout_account, make_user
from tests.operator import make_operator, save_shown
from tests.payouts.admin.test_rates_and_terms import RATE, TERMS, rate_form, terms_form
from tests.payouts.earning import earn, make_earner, withdraw
from wallet.models import CoinRate

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def otto(client, monday):
    otto = make_operator()
    client.force_login(otto)
    return otto


def preview(client, address, form):
    """Press “Show what it does”; return the preview."""
    answer = client.post(address, form)
    assert answer.status_code == 200
    return answer.context["adminform"].form.preview


# --- The two presses ------------------------------------------------------------------------------


def test_first_press_changes_nothing_and_the_second_names_the_date(client, otto):
    form = rate_form("0.0048", date="2026-12-04")

    shown = client.post(RATE, form)

    assert DiamondRate.objects.count() == 1
    assert "Announce $0.0048 a diamond from Friday 4 December, 00:00 UTC" in " ".join(shown.text.split())
    assert "Nothing changes until then." in shown.text and "Creators have a notice of it." in shown.text

    save_shown(client, RATE, form)

    rate = DiamondRate.objects.latest("id")
    assert (rate.micros, rate.starts_at) == (4_800, datetime(2026, 12, 4, tzinfo=UTC))


def test_number_for_now_says_so_on_the_button(client, otto):
    shown = preview(client, RATE, rate_form("0.0048"))

    assert shown.button == "Set $0.0048 a diamond from now on"
    assert shown.note == "It counts at once. What counts is never edited: another number would take its place."


@pytest.mark.once
def test_date_of_another_year_names_it(client, otto):
    shown = preview(client, RATE, rate_form("0.0048", date="2027-01-01", time="09:30"))

    assert shown.button == "Announce $0.0048 a diamond from Friday 1 January 2027, 09:30 UTC"


@pytest.mark.parametrize(
    "changed", [{"micros": "0.0047"}, {"reason_given": "Other words"}, {"starts_at_0": "2026-12-05"}, {"by_name": "on"}]
)
def test_form_that_was_changed_is_shown_again(client, otto, changed):
    form = rate_form("0.0048", date="2026-12-04")
    stamp = preview(client, RATE, form).stamp

    again = client.post(RATE, {**form, **changed, "shown": stamp})

    assert again.context["adminform"].form.preview.stamp != stamp
    assert DiamondRate.objects.count() == 1


def test_rate_that_another_operator_set_meanwhile_is_shown_first(client, otto):
    form = rate_form("0.0048", date="2026-12-04")
    stamp = preview(client, RATE, form).stamp
    DiamondRate.objects.create(micros=4_900, starts_at=timezone.now(), reason_given="Meanwhile")

    again = client.post(RATE, {**form, "shown": stamp})

    assert "instead of $0.0049" in again.context["adminform"].form.preview.effects[0]
    assert DiamondRate.objects.count() == 2


@pytest.mark.parametrize("date", ["", "2026-12-04"])
def test_second_press_of_the_same_button_adds_no_second_row(client, otto, date):
    form = rate_form("0.0048", date=date)
    pressed = {**form, "shown": preview(client, RATE, form).stamp}

    answers = [client.post(RATE, pressed).status_code for _ in range(2)]

    assert answers == [302, 200]
    assert DiamondRate.objects.count() == 2


@pytest.mark.once
@pytest.mark.parametrize("stamp", ["", "yes", "\x00", "é" * 64])
def test_no_other_word_than_the_stamp_saves(client, otto, stamp):
    answer = client.post(RATE, {**rate_form("0.0048"), "shown": stamp})

    assert answer.status_code == 200
    assert DiamondRate.objects.count() == 1


def test_large_change_shows_its_effects_beside_the_box(client, otto):
    form = rate_form("0.0005")

    shown = client.post(RATE, form)
    unticked = client.post(RATE, {**form, "shown": shown.context["adminform"].form.preview.stamp})
    assert 'name="confirmed" value="500"' in shown.text and "What it does" in shown.text
    assert "What it does" in unticked.text
    assert DiamondRate.objects.count() == 1
    client.post(RATE, {**form, "confirmed": "500", "shown": shown.context["adminform"].form.preview.stamp})

    assert DiamondRate.objects.at().micros == 500


# --- Rates ----------------------------------------------------------------------------------------


def test_rate_shows_dollars_of_the_most_diamonds_and_who_falls_below_the_minimum(client, otto):
    for name, diamonds in (("Cleo", 68_386), ("Nova", 20_400), ("Mia", 20_000), ("Ada", 19_999)):
        earn(make_creator(name, followers=0), diamonds)

    effects = preview(client, RATE, rate_form("0.0048", date="2026-12-04")).effects

    assert effects == [
        "A diamond will be worth $0.0048 instead of $0.005 from 4 Dec 2026, 00:00 UTC. Withdrawals that were quoted "
        "before keep their rate.",
        "Of a gift of 100 coins ($1.00) its creator gets $0.48 instead of $0.50: 48 %.",
        "A creator with 68,386 diamonds, the most of all, would see $341.93 → $328.25.",
        "All diamonds of 4 creators: $643.92 → $618.16.",
        "2 creators fall below the minimum of a withdrawal, $100.00.",
    ]


def test_rising_rate_shows_who_reaches_the_minimum(client, otto):
    earn(make_creator("Ada", followers=0), 19_999)

    effects = preview(client, RATE, rate_form("0.0051")).effects

    assert effects[-1] == "1 more creator reaches the minimum of a withdrawal, $100.00."


@pytest.mark.once
def test_rate_without_any_diamonds_says_so(client, otto):
    shown = preview(client, RATE, rate_form("0.0048"))

    assert shown.effects[-1] == "No creator has diamonds now."


def test_cost_of_a_coin_shows_what_gifts_packages_and_creators_are_then(client, otto):
    form = {"micros": "0.011", "starts_at_0": "", "starts_at_1": "", "reason_given": "Card fees rose"}

    effects = preview(client, "/admin/wallet/coinrate/add/", form).effects

    assert effects[1:] == [
        "100 coins are shown as $1.10 instead of $1.00, beside gifts and limits.",
        "A creator gets 45 % of what is shown instead of 50 %.",
        "Packages that cost less than that: 6 of 6, now 0.",
    ]
    assert CoinRate.objects.count() == 1


@pytest.mark.parametrize("creators", [1, 3])
def test_preview_of_a_rate_takes_eighteen_queries(client, otto, django_assert_num_queries, creators):
    for number in range(creators):
        earn(make_creator(f"Cleo{number}", followers=0), 20_000)

    preview(client, RATE, rate_form("0.0048"))
    with django_assert_num_queries(18):
        preview(client, RATE, rate_form("0.0048"))


@pytest.mark.once
def test_preview_of_a_rate_says_until_when_it_counts(client, otto):
    DiamondRate.objects.create(micros=4_500, starts_at=datetime(2031, 5, 1, tzinfo=UTC), reason_given="Later.")

    shown = preview(client, RATE, rate_form("0.0048"))

    assert shown.note.endswith("It counts until another that is announced, from Thursday 1 May 2031, 00:00 UTC.")


# --- Limits ---------------------------------------------------------------------------------------


def test_limits_show_whom_the_numbers_concern(client, otto):
    make_earner(22_000)
    cleo = make_earner(60_000)
    withdraw(cleo, 150_00)

    shown = preview(
        client,
        TERMS,
        terms_form(
            minimum_cents="120",
            weekly_cents="140",
            quote_seconds="30",
            arrival_days="2",
            account_wait_hours="48",
            approval_cents="140",
            two_people_cents="200",
        ),
    )

    assert shown.effects == [
        "One withdrawal will be at least $120.00 instead of $100.00. 1 creator falls below the minimum of a "
        "withdrawal, $120.00.",
        "All of one week will be at most $140.00 instead of $1,000.00. Creators who asked for more than that in one of "
        "the last four weeks: 1.",
        "A new payout account can be used after 48 hours instead of 72. Payout accounts added in the last 28 days: 1. "
        "Those that wait then keep their time.",
        "A quote will hold 30 seconds instead of 60. Withdrawals in the last 28 days that were confirmed later than "
        "that: 0 of 1.",
        "The money will be said to arrive within 2 days instead of 3. Withdrawals in the last 28 days that arrived "
        "within that time: 0 of 0.",
        "One operator must approve what is above $140.00, two must approve what is above $200.00, instead of: no "
        "withdrawal needs an approval (withdrawals that were requested before keep the approvals that they need). "
        "Withdrawals in the last 28 days that would have waited for an operator: 1 of 1, and for two: 0. By the limits "
        "before: 0, and 0.",
    ]
    assert shown.button == "Set these limits from now on"


@pytest.mark.once
def test_limits_that_stay_are_not_counted(client, otto):
    make_payout_account(make_user("Cleo"))

    shown = preview(client, TERMS, terms_form(weekly_cents="1,200.00"))

    assert shown.effects == [
        "All of one week will be at most $1,200.00 instead of $1,000.00. Creators who had no room for another "
        "withdrawal in one of the last four weeks: 0.",
    ]


@pytest.mark.once
def test_first_withdrawals_that_would_wait_are_counted(client, otto):
    withdraw(make_earner(50_000), 150_00)

    shown = preview(client, TERMS, terms_form(first_needs_approval="on"))

    assert "waited for an operator: 1 of 1" in shown.effects[-1]


def test_preview_of_every_limit_takes_twenty_three_queries(client, otto, django_assert_num_queries):
    withdraw(make_earner(50_000), 150_00)
    changed = {"minimum_cents": "120", "weekly_cents": "1200", "quote_seconds": "30", "arrival_days": "2"}
    changed |= {"account_wait_hours": "48", "approval_cents": "140"}

    preview(client, TERMS, terms_form(**changed))
    with django_assert_num_queries(23):
        preview(client, TERMS, terms_form(**changed))

    assert PayoutTerms.objects.count() == 1


@pytest.mark.once
def test_limits_of_which_none_differs_say_so(client, otto):
    shown = preview(client, TERMS, terms_form())

    assert shown.effects == ["Nothing differs from the numbers before."]
