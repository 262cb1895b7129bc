"""The demo world: the README's facts, correct books, and one command that starts and stops its processes."""

import random
from datetime import timedelta
from threading import Event

from django.test import TestCase
from django.utils import timezone

from live.demo.accounts import accounts_now
from live.demo.cast import ACCOUNTS, REGULARS, regulars
from live.demo.crowd import buy_coins, choose, give, keep_creators_here, lives_played, play, watch_lives
from live.demo.world import build_demo, demo_is_built, wake_creators
from live.gifts.catalog import catalog
from live.models import Gift, GiftPrice, GiftTap, LiveSession
from live.room.presence import viewers_now
from live.sessions.goals import goal_of
from live.sessions.sessions import end_abandoned_sessions, end_session
from payouts.diamonds import diamond_balance
from payouts.models import DiamondRate, PayoutTerms
from payouts.withdrawals.allowance import week_of
from people.models import OperatorAction, User
from people.refusals import Refusal
from people.text.history import read_line
from tests.factories import add_followers, tap
from wallet.books import check_books
from wallet.coins import coin_balance
from wallet.models import CoinPackage, Recharge, Transfer
from wallet.packages import retire_package


class StopAfterThree(Event):
    """A stop event that is set after three waits, each of no length."""

    waited = 0

    def wait(self, timeout=None):
        self.waited += 1
        if self.waited == 3:
            self.set()
        return self.is_set()


class DemoWorld(TestCase):
    """Build one world for the module; each test rolls its changes back."""

    @classmethod
    def setUpTestData(cls):
        cls.now = timezone.now()
        build_demo(cls.now)
        cls.vera, cls.cleo, cls.nova, cls.otto = (User.objects.get(email=email) for email, *_ in ACCOUNTS)

    def test_books_are_right(self):
        assert check_books() == []

    def test_everybody_can_sign_in(self):
        for user in (self.vera, self.cleo, self.nova, self.otto):
            self.client.post("/accounts/login/", {"login": user.email, "password": "ovation"})
            assert self.client.session["_auth_user_id"] == str(user.pk)
            self.client.logout()

    def test_accounts_are_described_as_they_are_at_the_start(self):
        assert [who for _, _, who in accounts_now()] == [
            "viewer with 2,500 coins",
            "creator, live right now",
            "creator, 13 followers short of gifts",
            "operator, sees /admin/",
        ]

    def test_accounts_are_described_as_they_have_become(self):
        tap(self.vera, lives_played()[0], gift_slug="encore", quantity=2)
        end_session(self.cleo.creator.sessions.get(ended_at=None), by="creator")
        add_followers(self.nova.creator, 12)
        User.objects.filter(pk=self.nova.pk).update(name="Nova R.")

        assert [line[1:] for line in accounts_now()] == [
            ("Vera Lind", "viewer with 2,300 coins"),
            ("Cleo Marin", "creator"),
            ("Nova R.", "creator, 1 follower short of gifts"),
            ("Otto Brandt", "operator, sees /admin/"),
        ]

    def test_only_otto_operates(self):
        assert list(User.objects.filter(is_staff=True)) == [self.otto]
        assert self.otto.is_superuser

    def test_nobody_of_the_audience_can_sign_in(self):
        assert not any(user.has_usable_password() for user in regulars())

    def test_vera_has_2500_coins_of_the_5000_she_bought(self):
        assert coin_balance(self.vera) == 2_500
        assert [recharge.coins for recharge in self.vera.recharges.all()] == [5_000]

    def test_creators_have_the_followers_that_the_readme_tells(self):
        assert self.cleo.creator.followers.count() == 1_200
        assert self.nova.creator.followers.count() == 987

    def test_cleo_is_live_with_gifts_coming_in_and_has_company(self):
        cleos, toves = lives_played()
        assert (cleos.creator.handle, toves.creator.handle) == ("cleo", "tove")
        assert cleos.gifts_open
        assert cleos.taps.count() > 5
        assert not cleos.taps.filter(created_at__gt=self.now).exists()

    def test_cleo_has_a_goal_that_lacks_one_gifter_more_than_the_crowd_has(self):
        goal = goal_of(lives_played()[0])
        assert (goal.kind, goal.target, goal.is_reached) == ("gifters", REGULARS + 1, False)

    def test_the_worker_lets_the_lives_run(self):
        ended = end_abandoned_sessions()

        assert ended == []

    def test_cleo_has_ended_lives_over_60_days_and_diamonds_worth_300_dollars(self):
        ended = self.cleo.creator.sessions.filter(ended_at__gt=self.now - timedelta(days=60))
        assert ended.count() >= 8
        assert all(session.gifts_open and session.settlement.diamonds > 3_000 for session in ended)
        assert diamond_balance(self.cleo) >= 60_000

    def test_cleo_was_paid_once_in_an_earlier_week_and_has_all_of_this_one(self):
        withdrawal = self.cleo.withdrawals.get()
        assert withdrawal.status == "paid"
        assert [step.status for step in withdrawal.steps.all()] == ["requested", "sent", "paid"]
        assert withdrawal.week < week_of(self.now)
        assert self.cleo.payout_accounts.get().service.slug == "paypal"

    def test_every_transfer_is_dated_before_the_demo_opens_and_none_before_it_was_possible(self):
        assert not Transfer.objects.filter(created_at__gt=self.now).exists()
        assert Transfer.objects.filter(created_at__lt=self.now - timedelta(days=57)).exists()

    def test_the_economy_page_has_a_history_and_today_is_as_it_should_be(self):
        assert [rate.micros for rate in DiamondRate.objects.order_by("starts_at")] == [5_000, 4_800, 5_000]
        prices = dict(catalog().values_list("slug", "coins"))
        assert (prices["panda"], prices["balloon"], prices["drama-queen"]) == (5, 50, 5_000)
        assert GiftPrice.objects.filter(starts_at__gt=self.now).earliest().gift.slug == "night-owl"

    def test_the_log_says_who_changed_which_number_last_and_why(self):
        numbers = [*DiamondRate.objects.all(), *GiftPrice.objects.all(), *PayoutTerms.objects.all()]

        lines = list(OperatorAction.objects.order_by("-id"))

        assert [line.user for line in lines] == [self.otto] * 6
        assert {(line.action_time, read_line(line.change_message).reason) for line in lines} == {
            (row.created_at, row.reason_given) for row in numbers if row.set_by
        }
        assert [line.action_time for line in lines] == sorted((line.action_time for line in lines), reverse=True)
        (owl,), (rate,), (wait,) = (read_line(lines[place].change_message).changes for place in (0, 2, 4))
        assert (lines[0].object_repr, owl.field, owl.before) == ("Night Owl", "Price", "300 coins")
        assert owl.after.startswith("250 coins from ")
        assert (rate.before, rate.after) == ("$0.0048", "$0.005")
        assert (wait.before, wait.after) == ("72", "0")

    def test_a_new_payout_account_can_be_used_at_once_and_the_economy_page_says_why(self):
        terms = PayoutTerms.objects.at()
        first = PayoutTerms.objects.earliest()
        assert (terms.account_wait_hours, first.account_wait_hours) == (0, 72)
        assert (terms.minimum_cents, terms.weekly_cents) == (first.minimum_cents, first.weekly_cents)

        page = self.client.get("/economy/")

        assert terms.reason_given in page.content.decode()

    def test_a_second_start_changes_nothing_that_is_there(self):
        before = (User.objects.count(), GiftTap.objects.count(), LiveSession.objects.count())
        with self.settings(LOCAL=False):
            assert demo_is_built()
            wake_creators()
        assert (User.objects.count(), GiftTap.objects.count(), LiveSession.objects.count()) == before

    def test_a_live_that_cleo_ended_stays_ended_until_the_next_start(self):
        session = lives_played()[0]
        end_session(session, by=self.cleo.email)
        keep_creators_here()
        assert [live.creator.handle for live in lives_played()] == ["tove"]
        wake_creators()
        assert lives_played()[0].creator.handle == "cleo"
        assert lives_played()[0] != session

    def test_lives_of_a_demo_that_was_stopped_yesterday_ended_yesterday(self):
        left = lives_played()[0]
        last_tap = left.taps.latest("id").created_at
        wake_creators(self.now + timedelta(days=1))
        left.refresh_from_db()
        assert left.ended_at == max(left.creator_seen_at, last_tap)
        assert lives_played()[0].started_at == self.now + timedelta(days=1)

    def test_a_simulated_viewer_recharges_in_the_sandbox_when_coins_run_out(self):
        viewer, (session, _) = regulars()[0], lives_played()
        drama_queen = catalog().get(slug="drama-queen")
        while coin_balance(viewer) >= 5_000:
            give(viewer, session, drama_queen, buy=buy_coins)
        bought = viewer.recharges.count()
        tap = give(viewer, session, drama_queen, buy=buy_coins)
        assert tap.balance == coin_balance(viewer)
        assert viewer.recharges.count() == bought + 1
        assert viewer.recharges.latest("started_at").status == Recharge.Status.CONFIRMED

    def test_the_crowd_gives_in_the_lives_of_the_demos_creators_alone(self):
        handles = {choose(random.Random(n), list(regulars())).session.creator.handle for n in range(40)}
        assert handles == {"cleo", "tove"}

    def test_the_crowd_waits_while_no_gift_or_no_package_is_offered(self):
        before = GiftTap.objects.count()
        for package in CoinPackage.objects.all():
            retire_package(package, self.now, by=None, reason="For tests.")
        with self.assertRaises(Refusal):
            buy_coins(regulars()[0], 100)
        Gift.objects.update(retired_at=self.now)
        play(StopAfterThree(), random.Random(1))
        assert GiftTap.objects.count() == before

    def test_the_crowd_plays_until_it_is_stopped(self):
        before = GiftTap.objects.count()
        play(StopAfterThree(), random.Random(1))
        assert GiftTap.objects.count() > before
        assert check_books() == []

    def test_the_crowd_watches_both_lives_and_has_left_once_it_stops(self):
        watch_lives(25)
        assert [viewers_now(session) for session in lives_played()] == [25, 25]
        assert all(session.peak_viewers >= 25 for session in lives_played())
        play(StopAfterThree(), random.Random(1))
        assert [viewers_now(session) for session in lives_played()] == [0, 0]
