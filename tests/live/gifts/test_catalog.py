from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from live.gifts.catalog import catalog, dearest_gift, set_price, with_prices
from live.models import Gift, GiftPrice, LiveTerms
from tests.factories import make_session, make_user, tap
from tests.live.gifts.prices import panda
from tests.operator import make_operator

pytestmark = pytest.mark.django_db


def price_of(slug, moment=None):
    return catalog(moment).get(slug=slug).coins


def test_starting_catalog_has_the_two_gifts_of_the_article_at_their_prices():
    assert price_of("panda") == 5
    assert price_of("drama-queen") == 5_000
    assert max(gift.coins for gift in catalog()) == 10_000


def test_catalog_takes_one_query_however_many_gifts(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(catalog()) == 16


def test_price_set_for_later_counts_from_its_moment_on():
    set_price(panda(), 6, by=make_operator(), reason="Dearer bamboo", starts_at=timezone.now() + timedelta(hours=1))
    assert price_of("panda") == 5
    assert price_of("panda", timezone.now() + timedelta(hours=1, seconds=1)) == 6


def test_next_price_is_shown_with_its_date():
    moment = timezone.now() + timedelta(days=2)
    set_price(panda(), 6, by=make_operator(), reason="Dearer bamboo", starts_at=moment)
    row = with_prices(Gift.objects.all()).get(slug="panda")
    assert (row.coins, row.next_coins, row.next_from) == (5, 6, moment)


def test_price_keeps_who_set_it_and_why():
    otto = make_operator()
    price = set_price(panda(), 6, by=otto, reason="Dearer bamboo")
    assert (price.set_by, price.reason_given) == (otto, "Dearer bamboo")


@pytest.mark.parametrize("coins", [0, -5, 1_000_001, 2**63])
def test_impossible_price_is_refused_and_the_old_one_stays(coins):
    with pytest.raises(ValidationError):
        set_price(panda(), coins, by=make_operator(), reason="A slip")
    assert price_of("panda") == 5


def test_price_above_the_terms_is_refused_with_the_number():
    with pytest.raises(ValidationError, match="A gift costs at most 10,000 coins"):
        set_price(panda(), 10_001, by=make_operator(), reason="A slip")
    assert GiftPrice.objects.filter(gift=panda()).count() == 1


def test_terms_of_the_price_s_own_moment_decide():
    later = timezone.now() + timedelta(days=1)
    LiveTerms.objects.create(
        starts_at=later,
        followers_needed=1_000,
        largest_gift_coins=20_000,
        abandoned_after_minutes=15,
        reason_given="Larger gifts",
    )
    set_price(panda(), 15_000, by=make_operator(), reason="A giant", starts_at=later)
    with pytest.raises(ValidationError):
        set_price(panda(), 15_000, by=make_operator(), reason="A giant, today")


def test_price_can_not_be_set_for_yesterday():
    with pytest.raises(ValidationError, match="passed"):
        set_price(panda(), 6, by=make_operator(), reason="Backdated", starts_at=timezone.now() - timedelta(days=1))


def test_retired_gift_leaves_the_tray_at_its_moment():
    Gift.objects.filter(slug="panda").update(retired_at=timezone.now() + timedelta(hours=1))
    assert catalog().filter(slug="panda").exists()
    assert not catalog(timezone.now() + timedelta(hours=2)).filter(slug="panda").exists()


def test_gift_without_a_price_is_not_offered():
    Gift.objects.create(slug="otter", name="Otter", art="otter")
    assert not catalog().filter(slug="otter").exists()


def test_what_was_sent_keeps_name_art_and_price():
    vera, live = make_user("Vera", coins=100), make_session()
    tap(vera, live)
    set_price(panda(), 6, by=make_operator(), reason="Dearer bamboo")
    Gift.objects.filter(slug="panda").update(name="Red Panda", art="otter", retired_at=timezone.now())
    sent = live.taps.get()
    assert (sent.name, sent.art, sent.price, sent.coins) == ("Panda", "panda", 5, 5)


def test_price_that_counted_can_neither_be_edited_nor_deleted_in_the_database():
    prices = GiftPrice.objects.filter(gift=panda())
    for change in (lambda: prices.update(coins=1), prices.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert price_of("panda") == 5


def test_dearest_gift_sees_prices_to_come_and_not_retired_gifts():
    otto, now = make_operator(), timezone.now()
    assert dearest_gift(now).coins == 10_000
    Gift.objects.filter(slug="supernova").update(retired_at=now)
    assert (dearest_gift(now).slug, dearest_gift(now).coins) == ("big-top", 7_500)
    set_price(panda(), 9_000, by=otto, reason="A giant", starts_at=now + timedelta(days=3))
    assert (dearest_gift(now).slug, dearest_gift(now).coins) == ("panda", 9_000)
