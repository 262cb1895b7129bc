"""Telling creators of announced changes: once each, before they count, and again if one is called off."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from live.creators import changes
from live.creators.changes import announced_changes, tell_creators
from live.gifts.catalog import retire_gift
from live.models import ChangeAnnouncement, Gift, GiftPrice, LiveTerms
from payouts.models import DiamondRate, PayoutTerms
from people.mail.choices import choose_mails
from people.mail.outbox import send_bulk_mails
from people.models import Notice, OutgoingMail
from tests.factories import make_creator, make_user

pytestmark = pytest.mark.django_db

LATER = datetime(2031, 5, 1, tzinfo=UTC)


def announce_rate(micros=4_500, starts_at=LATER, reason_given="Fees rose."):
    return DiamondRate.objects.create(micros=micros, starts_at=starts_at, reason_given=reason_given)


def texts_of(creator):
    return list(creator.user.notices.order_by("id").values_list("text", flat=True))


def test_creator_has_one_notice_of_a_rate_before_it_counts_and_a_viewer_has_none():
    cleo, vera = make_creator("Cleo"), make_user("Vera")
    announce_rate()

    told = [tell_creators(), tell_creators()]

    assert told == [1, 0]
    notice = cleo.user.notices.get()
    assert notice.text == "From 1 May 2031, 00:00 UTC a diamond is worth $0.0045, now $0.005. Fees rose."
    assert (notice.kind, notice.url) == ("money", "/economy/#history")
    assert not vera.notices.exists()
    assert not OutgoingMail.objects.exists()


def test_rate_that_counts_already_is_told_to_nobody():
    make_creator("Cleo")
    announce_rate(starts_at=timezone.now() - timedelta(seconds=1))

    told = tell_creators()

    assert told == 0
    assert not ChangeAnnouncement.objects.exists()


def test_terms_of_payouts_and_lives_are_named_with_their_numbers():
    payout, live = PayoutTerms.objects.latest(), LiveTerms.objects.latest()
    for terms in (payout, live):
        terms.pk, terms.starts_at, terms.reason_given = None, LATER, ""
    payout.minimum_cents, payout.weekly_cents = 1_000, 150_000
    live.followers_needed, live.largest_gift_coins = 500, 20_000
    payout.save()
    live.save()

    assert [change.text for change in announced_changes(timezone.now())] == [
        "From 1 May 2031, 00:00 UTC a withdrawal is at least $10.00, and $1,500.00 a week at most.",
        "From 1 May 2031, 00:00 UTC a live can get gifts from 500 followers on, of 20,000 coins at most.",
    ]


def test_prices_of_one_moment_are_one_notice_once_no_more_are_added():
    cleo = make_creator("Cleo")
    for coins, gift in enumerate(Gift.objects.order_by("order")[:5], start=1):
        GiftPrice.objects.create(gift=gift, coins=coins, starts_at=LATER, reason_given="")

    told = [tell_creators(), tell_creators(timezone.now() + timedelta(minutes=6))]

    first, second, third = Gift.objects.order_by("order").values_list("name", flat=True)[:3]
    assert told == [0, 1]
    assert texts_of(cleo) == [
        "From 1 May 2031, 00:00 UTC gifts have new prices: "
        f"{first} 1 coin, {second} 2 coins, {third} 3 coins and 2 more."
    ]


def test_price_that_is_added_an_hour_later_is_told_and_calls_nothing_off():
    cleo, now = make_creator("Cleo"), timezone.now()
    panda, clover = Gift.objects.get(slug="panda"), Gift.objects.get(slug="clover")
    GiftPrice.objects.create(gift=panda, coins=6, starts_at=LATER, reason_given="")
    tell_creators(now + timedelta(minutes=6))
    hour_later = now + timedelta(hours=1)
    GiftPrice.objects.create(gift=clover, coins=30, starts_at=LATER, reason_given="", created_at=hour_later)

    told = [tell_creators(hour_later + timedelta(minutes=minutes)) for minutes in (1, 6, 7)]

    assert told == [0, 1, 0]
    assert texts_of(cleo) == [
        "From 1 May 2031, 00:00 UTC gifts have new prices: Panda 6 coins.",
        "From 1 May 2031, 00:00 UTC gifts have new prices: Clover 30 coins.",
    ]


def test_gifts_that_leave_the_catalog_at_one_moment_are_one_notice_and_called_off_if_they_stay():
    cleo = make_creator("Cleo")
    panda, clover = Gift.objects.get(slug="panda"), Gift.objects.get(slug="clover")
    for gift in (panda, clover):
        retire_gift(gift, LATER, by=None, reason="Few people send it.")
    settled = timezone.now() + timedelta(minutes=6)

    told = [tell_creators(), tell_creators(settled)]

    assert told == [0, 1]
    sentence = "From 1 May 2031, 00:00 UTC viewers can no longer send Panda, Clover. Few people send it."
    assert texts_of(cleo) == [sentence]

    for gift in (panda, clover):
        retire_gift(gift, None, by=None, reason="It stays.")
    tell_creators(settled)

    assert texts_of(cleo) == [sentence, f"Called off: {sentence}"]


def test_gift_that_is_retired_at_once_or_comes_back_is_no_announced_change():
    gift = Gift.objects.get(slug="panda")
    retire_gift(gift, timezone.now() - timedelta(seconds=1), by=None, reason="")
    retire_gift(gift, None, by=None, reason="")

    assert announced_changes(timezone.now() + timedelta(minutes=6)) == []


def test_change_that_is_deleted_before_it_counts_is_called_off_for_those_who_were_told():
    cleo = make_creator("Cleo")
    rate = announce_rate()
    tell_creators()
    ida = make_creator("Ida")
    rate.delete()

    told = [tell_creators(), tell_creators()]

    assert told == [1, 0]
    sentence = "From 1 May 2031, 00:00 UTC a diamond is worth $0.0045, now $0.005. Fees rose."
    assert texts_of(cleo) == [sentence, f"Called off: {sentence}"]
    assert texts_of(ida) == []


def test_creators_are_told_in_batches_that_go_on_where_the_last_one_ended(monkeypatch):
    monkeypatch.setattr(changes, "CREATORS_A_BATCH", 2)
    for name in ("Cleo", "Ida", "Nova", "Rosa", "Tove"):
        make_creator(name, followers=0)
    announce_rate()
    changes._keep_announcements(timezone.now())

    batches = [changes._tell_a_batch(timezone.now()) for _ in range(4)]

    assert batches == [2, 2, 1, None]
    assert Notice.objects.count() == 5


def test_worker_that_dies_within_a_batch_leaves_nothing_and_the_next_one_tells_all(monkeypatch):
    make_creator("Cleo")
    announce_rate()

    def die(*args, **fields):
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(changes, "post_letters", die)
        tell_creators()

    assert not Notice.objects.exists()

    told = tell_creators()

    assert told == 1


def test_deactivated_creator_is_not_told():
    gone = make_creator("Gone")
    type(gone.user).objects.update(is_active=False)
    announce_rate()

    told = tell_creators()

    assert told == 0


def test_creator_who_wants_mails_gets_one_with_the_sentence_and_a_link_that_stops_them(settings):
    settings.SITE_URL = "https://ovation.example.com"
    cleo = make_creator("Cleo")
    choose_mails(cleo.user, changes=True)
    announce_rate()

    tell_creators()
    send_bulk_mails()

    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([cleo.user.email], "A change: 1 May 2031")
    words = " ".join(letter.body.split())
    assert "From 1 May 2031, 00:00 UTC a diamond is worth $0.0045, now $0.005. Fees rose." in words
    assert "https://ovation.example.com/economy/#history" in words
    assert "https://ovation.example.com/mail/" in words


def test_sentence_with_the_longest_reason_fits():
    Gift.objects.update(name="N" * 40)
    for gift in Gift.objects.all()[:4]:
        GiftPrice.objects.create(
            gift=gift, coins=999_999, starts_at=LATER, reason_given="r" * 200, created_at=LATER - timedelta(days=9_000)
        )

    (change,) = announced_changes(timezone.now())

    assert len(change.text) == 380
    assert change.text.endswith("r…")
