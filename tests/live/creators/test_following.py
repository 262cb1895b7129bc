"""Following: once for each pair, never oneself, and also during a live."""

import pytest

from live.creators.creators import with_followers
from live.creators.following import follow, is_following, unfollow
from live.models import Creator, Follow
from people.refusals import Refusal
from tests.factories import make_creator, make_user

pytestmark = pytest.mark.django_db


def test_following_twice_counts_once():
    vera, cleo = make_user(), make_creator(followers=2)

    follow(user=vera, creator=cleo)
    follow(user=vera, creator=cleo)

    assert cleo.followers.count() == 3
    assert is_following(user=vera, creator=cleo)


def test_unfollowing_twice_leaves_the_others():
    vera, cleo = make_user(), make_creator(followers=2)
    follow(user=vera, creator=cleo)

    unfollow(user=vera, creator=cleo)
    unfollow(user=vera, creator=cleo)

    assert cleo.followers.count() == 2
    assert not is_following(user=vera, creator=cleo)


def test_nobody_follows_themselves():
    cleo = make_creator(followers=0)

    with pytest.raises(Refusal, match="You can't follow yourself"):
        follow(user=cleo.user, creator=cleo)

    assert not Follow.objects.exists()


@pytest.mark.parametrize("followers", [0, 1, 3])
def test_follower_count_comes_with_the_creator(followers, django_assert_num_queries):
    make_creator("Cleo", followers=followers)
    make_creator("Ida", followers=0)

    with django_assert_num_queries(1):
        counts = dict(with_followers(Creator.objects.all()).values_list("name", "follower_count"))

    assert counts == {"Cleo": followers, "Ida": 0}
