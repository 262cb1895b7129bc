"""The public page: rates, their dates, announcements, and the calculator of where coins go."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from live.gifts.catalog import retire_gift, set_price
from live.models import Gift
from payouts.models import DiamondRate, PayoutTerms
from tests.factories import make_user, package_of
from tests.htmx import HTMX
from wallet.packages import retire_package, set_package_price

pytestmark = pytest.mark.django_db


def page(client, address="/economy/", **options):
    response = client.get(address, **options)
    return response.status_code, response.content.decode()


def words(html):
    """Return the text without its tags, with single spaces."""
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def packages_today(html):
    return words(html.split("Packages today</h2>")[1].split("</ul>")[0])


def announce_rate(micros, *, days):
    return DiamondRate.objects.create(
        micros=micros, starts_at=timezone.now() + timedelta(days=days), reason_given="Fees changed"
    )


@pytest.mark.once
def test_everybody_may_read_it_without_logging_in(client):
    status, text = page(client)
    assert status == 200
    assert "$0.01" in text
    assert "$0.005" in text
    assert "since 1 Jan 2025" in text


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_twelve_queries_however_long_the_history(client, django_assert_num_queries, count):
    for day in range(count):
        announce_rate(5_000 + day, days=day + 1)
    with django_assert_num_queries(12):
        client.get("/economy/")


def test_page_takes_fifteen_queries_for_somebody_logged_in(client, django_assert_num_queries):
    client.force_login(make_user())
    with django_assert_num_queries(15):
        client.get("/economy/")


def test_fragment_takes_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/economy/?coins=5", headers=HTMX)


def test_panda_and_drama_queen_go_where_the_article_says(client):
    assert "$0.025" in page(client, "/economy/?coins=5")[1]
    text = page(client, "/economy/?coins=5000", headers=HTMX)[1]
    assert 'max="50000000" value="25000000"' in text
    assert "the creator gets, 50 %" in text
    assert "<html" not in text


@pytest.mark.once
@pytest.mark.parametrize("coins", ["1", "1000000", "1,000"])
def test_any_amount_within_the_bounds_is_answered(client, coins):
    assert page(client, f"/economy/?coins={coins}")[0] == 200


@pytest.mark.once
@pytest.mark.parametrize("coins", ["", "0", "-5", "1000001", "5.5", "٣", str(2**63), "9" * 5_000, "x", "\x00"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_other_input_is_refused_in_words_and_the_page_is_still_there(client, coins, headers):
    response = client.get("/economy/", {"coins": coins}, headers=headers)
    assert response.status_code == 422
    text = response.content.decode()
    assert 'role="alert"' in text or "notice" in text
    assert headers or "Gifts today" in text


@pytest.mark.once
def test_what_was_typed_is_kept_and_escaped(client):
    text = page(client, "/economy/?coins=%3Cscript%3E")[1]
    assert "&lt;script&gt;" in text
    assert "<script>" not in text


def test_announced_price_and_rate_are_shown_with_date_and_reason(client):
    moment = timezone.now() + timedelta(days=9)
    set_price(Gift.objects.get(slug="panda"), 6, by=make_user("Otto"), reason="Dearer bamboo", starts_at=moment)
    announce_rate(5_200, days=3)
    text = page(client)[1]
    assert "Panda will cost 6 coins, $0.06" in text
    assert "A diamond will be worth $0.0052" in text
    assert f"{moment:%-d %b %Y, %H:%M} UTC · Dearer bamboo" in text


def test_history_keeps_what_counted_before(client):
    set_price(Gift.objects.get(slug="panda"), 6, by=make_user("Otto"), reason="Dearer bamboo")
    text = page(client)[1]
    assert "Show all 17 prices and retirements" in text
    assert text.count("Starting catalog") == 16
    assert "Dearer bamboo" in text


def test_new_rate_changes_the_numbers_of_today(client):
    DiamondRate.objects.create(micros=4_000, reason_given="Dearer cards")
    text = page(client, "/economy/?coins=5")[1]
    assert "$0.004" in text
    assert "the creator gets, 40 %" in text
    assert "$0.03" in text


def test_limits_of_withdrawals_are_those_in_force(client):
    PayoutTerms.objects.create(minimum_cents=5_000, weekly_cents=200_000, reason_given="Easier")
    text = page(client)[1]
    assert "$50.00" in text
    assert "$2,000.00" in text


def test_retired_gift_leaves_the_list_and_stays_in_the_history(client):
    Gift.objects.filter(slug="panda").update(retired_at=timezone.now())
    text = page(client)[1]
    assert "gifts/panda.svg" not in text
    assert "Panda" in text


def test_author_of_a_price_appears_as_they_chose(client):
    otto, set_panda = make_user("Otto"), partial(set_price, Gift.objects.get(slug="panda"))
    set_panda(6, by=otto, reason="Dearer bamboo")
    text = page(client)[1]
    assert "Otto" not in text
    assert 'Dearer bamboo <span class="muted">(an operator)</span>' in text
    assert 'Starting catalog <span class="muted">(Ovation)</span>' in text

    set_panda(7, by=otto, reason="No bamboo at all", by_name=True)
    assert 'No bamboo at all <span class="muted">(Otto)</span>' in page(client)[1]


def test_retiring_at_once_and_offering_again_are_public_with_date_reason_and_author(client):
    otto, panda, small = make_user("Otto"), Gift.objects.get(slug="panda"), package_of(100)
    now = timezone.now()
    retire_gift(panda, now, by=otto, reason="Out of season", by_name=True)
    retire_package(small, now, by=otto, reason="Card fees", by_name=False)
    text = page(client)[1]
    assert "gifts/panda.svg" not in text.split("Packages today")[0].split("Gifts today")[1]
    assert "100 coins" not in packages_today(text)
    at = f"since {now:%-d %b %Y, %H:%M} UTC"
    assert f"Panda: no longer offered {at} Out of season (Otto)" in words(text)
    assert f"100 coins: no longer offered {at} Card fees (an operator)" in words(text)

    retire_gift(panda, None, by=otto, reason="Back by request")
    retire_package(small, None, by=otto, reason="Fees fell")
    text = page(client)[1]
    assert "100 coins $1.00" in packages_today(text)
    assert f"Panda: offered again {at} Back by request" in words(text)
    assert "Out of season" in text and "Card fees" in text


def test_price_of_a_package_and_a_retirement_are_announced(client):
    moment = timezone.now() + timedelta(days=9)
    set_package_price(package_of(500), 6_50, by=make_user("Otto"), reason="Card fees rose", starts_at=moment)
    retire_gift(Gift.objects.get(slug="panda"), moment, by=None, reason="Out of season")
    text = page(client)[1]
    assert "The package of 500 coins will cost $6.50" in text
    assert "Panda will be no longer offered" in text
    assert f"offered until {moment:%-d %b %Y, %H:%M} UTC" in text
    assert f"500 coins $5.00 $6.50 from {moment:%-d %b %Y, %H:%M} UTC" in packages_today(text)

    # The announcement is replaced, not kept beside the next.
    retire_gift(Gift.objects.get(slug="panda"), None, by=None, reason="It stays")
    text = page(client)[1]
    assert "no longer offered" not in text
    assert "It stays" not in text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_page_only_reads(client, method):
    client.force_login(make_user())
    assert getattr(client, method)("/economy/").status_code == 405
