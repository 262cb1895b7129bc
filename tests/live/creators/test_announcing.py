"""Announcing a live: each follower has one notice, whoever wants a mail gets one, and batches can be repeated."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from live.creators import announcing
from live.creators.announcing import announce_live, tell_followers
from live.creators.following import follow, unfollow
from live.models import LiveAnnouncement
from live.sessions.sessions import end_session, start_session
from people.mail.choices import choose_mails, stopping_path
from people.mail.outbox import send_bulk_mails, send_due_mails
from people.models import Notice, OutgoingMail
from tests.factories import make_creator, make_session, make_user
from tests.races.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(announcing, "FOLLOWERS_A_BATCH", 2)


def follower_of(cleo, name="Vera", **mails):
    vera = make_user(name)
    follow(user=vera, creator=cleo)
    choose_mails(vera, **mails)
    return vera


def test_follower_has_one_notice_of_a_live_that_leads_to_its_room():
    cleo = make_creator(followers=0)
    vera = follower_of(cleo)
    live = make_session(cleo)

    told = [tell_followers(), tell_followers()]

    assert told == [1, 0]

    notice = vera.notices.get()
    assert (notice.text, notice.url) == ("Cleo went live: “Friday strings”", f"/live/{live.pk}/")
    assert (notice.kind, notice.read_at) == ("live", None)
    assert not OutgoingMail.objects.exists()


def test_starting_a_live_tells_nobody_within_the_request():
    cleo = make_creator(followers=3)

    live = make_session(cleo)

    assert not Notice.objects.exists()
    assert (live.announcement.told, live.announcement.finished_at) == (0, None)


def test_only_whoever_followed_before_the_start_and_may_log_in_is_told():
    cleo = make_creator(followers=0)
    gone, left = follower_of(cleo, "Gone"), follower_of(cleo, "Left")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    unfollow(user=left, creator=cleo)
    live = make_session(cleo)
    follower_of(cleo, "Late")

    told = tell_followers()

    assert told == 0

    live.announcement.refresh_from_db()
    assert live.announcement.finished_at is not None


@pytest.mark.parametrize(("followers", "batches"), [(1, 1), (2, 2), (5, 3)])
def test_followers_are_told_in_batches_that_go_on_where_the_last_one_ended(small_batches, followers, batches):
    live = make_session(make_creator(followers=followers))

    for _ in range(batches):
        assert LiveAnnouncement.objects.filter(finished_at=None).exists()
        announcing._tell_a_batch(timezone.now())

    live.announcement.refresh_from_db()
    assert (live.announcement.told, live.announcement.finished_at is None) == (followers, False)
    assert Notice.objects.count() == followers


@pytest.mark.parametrize("followers", [3, 100])
def test_a_batch_takes_as_many_queries_for_100_followers_as_for_3(followers, django_assert_num_queries):
    make_session(make_creator(followers=followers))

    # savepoint, announcement, live, follows, who was told, notices, who wants a mail, announcement, savepoint
    with django_assert_num_queries(9):
        announcing._tell_a_batch(timezone.now())


def test_lives_take_turns(small_batches):
    for name in ("Cleo", "Ida"):
        make_session(make_creator(name, followers=4))

    announcing._tell_a_batch(timezone.now())
    announcing._tell_a_batch(timezone.now())

    assert sorted(LiveAnnouncement.objects.values_list("told", flat=True)) == [2, 2]


def test_worker_that_dies_within_a_batch_leaves_nothing_and_the_next_one_loses_nobody(monkeypatch):
    cleo = make_creator(followers=3)
    follower_of(cleo, lives=True)
    make_session(cleo)
    post = announcing.post_letters

    def die(*args, **fields):
        post(*args, **fields)
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(announcing, "post_letters", die)
        tell_followers()
    assert not Notice.objects.exists()
    assert not OutgoingMail.objects.exists()

    told = tell_followers()

    assert told == 4
    assert OutgoingMail.objects.count() == 1


def test_batch_that_is_repeated_tells_nobody_twice():
    cleo = make_creator(followers=3)
    follower_of(cleo, lives=True)
    live = make_session(cleo)
    tell_followers()

    LiveAnnouncement.objects.update(told_upto=0, finished_at=None)

    told = tell_followers()

    assert told == 0
    assert Notice.objects.count() == 4
    assert OutgoingMail.objects.count() == 1
    live.announcement.refresh_from_db()
    assert live.announcement.told == 4


def test_live_that_has_ended_is_announced_to_nobody_more(small_batches):
    live = make_session(make_creator(followers=5))
    announcing._tell_a_batch(timezone.now())
    end_session(live, by="creator")

    told = tell_followers()

    assert told == 0
    assert Notice.objects.count() == 2
    live.announcement.refresh_from_db()
    assert live.announcement.finished_at is not None


@pytest.mark.parametrize(("minutes", "told"), [(59, 0), (61, 1)])
def test_creator_who_starts_again_within_an_hour_is_announced_once(minutes, told):
    cleo, now = make_creator(followers=1), timezone.now()
    first = start_session(creator=cleo, title="First", now=now - timedelta(minutes=minutes))
    end_session(first, by="creator")
    start_session(creator=cleo, title="Second", now=now)

    told_now = tell_followers()

    assert told_now == told


def test_second_call_for_one_live_changes_nothing():
    live = make_session(make_creator(followers=1))

    announce_live(live)

    assert LiveAnnouncement.objects.count() == 1


# --- Mails --------------------------------------------------------------------------------------


def test_whoever_wants_it_gets_a_mail_that_one_click_stops(settings):
    settings.SITE_URL = "https://ovation.example.com"
    cleo = make_creator(followers=2)
    vera, live = follower_of(cleo, lives=True), make_session(cleo)
    follower_of(cleo, "Statements only", statements=True)

    tell_followers()
    sent = send_due_mails()

    assert sent == 0

    sent = [send_bulk_mails(), send_bulk_mails()]

    assert sent == [1, 0]

    letter = mail.outbox[0]
    stop = f"https://ovation.example.com{stopping_path(vera.pk, 'lives')}"
    assert (letter.to, letter.subject) == ([vera.email], "Cleo is live: Friday strings")
    assert f"  https://ovation.example.com/live/{live.pk}/\n" in letter.body
    assert f"  {stop}\n" in letter.body
    assert letter.extra_headers["List-Unsubscribe"] == f"<{stop}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_mail_of_a_site_without_an_address_says_where_the_choice_is(settings):
    settings.SITE_URL = ""
    cleo = make_creator(followers=0)
    follower_of(cleo, lives=True)
    make_session(cleo)

    tell_followers()
    send_bulk_mails()

    assert "Profile > Mails has the choice." in mail.outbox[0].body
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_mail_is_dropped_an_hour_after_the_start():
    cleo = make_creator(followers=0)
    follower_of(cleo, lives=True)
    make_session(cleo)
    tell_followers()

    sent = send_bulk_mails(timezone.now() + timedelta(minutes=61))

    assert sent == 0
    assert not OutgoingMail.objects.exists()
    assert mail.outbox == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_8_workers_at_once_tell_300_followers_once_each(monkeypatch):
    monkeypatch.setattr(announcing, "FOLLOWERS_A_BATCH", 20)
    cleo = make_creator(followers=300)
    vera = follower_of(cleo, lives=True)
    make_session(cleo)

    at_once(lambda _: [tell_followers() for _ in range(3)], range(8), threads=8)

    assert Notice.objects.count() == Notice.objects.values("user").distinct().count() == 301
    assert OutgoingMail.objects.get().address == vera.email
