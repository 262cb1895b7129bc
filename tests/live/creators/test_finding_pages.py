"""Home with whom one follows, the list of them, search, categories, and what links to a creator or a live show."""

import pytest
from django.urls import reverse

from live.creators.creators import become_creator
from live.creators.following import follow, followed_by
from live.models import Category
from live.sessions.sessions import start_session
from people.text.names import AVATARS
from tests.factories import make_creator, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client):
    vera = make_user("Vera")
    client.force_login(vera)
    return vera


def words_of(page):
    return " ".join(page.content.decode().split())


def live_in(slug, name="Cleo", title="Friday strings"):
    category = Category.objects.get(slug=slug)
    return start_session(creator=make_creator(name, followers=0), title=title, category=category)


# --- Whom one follows ---------------------------------------------------------------------------


def test_home_begins_with_whom_one_follows_the_live_ones_first(client, vera):
    ida, cleo = make_creator("Ida", followers=0), make_creator("Cleo", followers=0)
    type(ida).objects.filter(pk=ida.pk).update(next_live="Friday 20:00")
    for creator in (ida, cleo):
        follow(user=vera, creator=creator)
    live = make_session(cleo, title="Strings by request")

    page = words_of(client.get("/"))

    strip = page[page.index("You follow") : page.index("Applause that pays")]
    assert strip.index("Strings by request") < strip.index("Friday 20:00")
    assert f'href="/live/{live.pk}/"' in strip
    assert f'href="/@{ida.handle}/"' in strip
    assert strip.count('class="ringed on"') == 1


@pytest.mark.once
def test_home_of_whoever_follows_nobody_begins_with_the_stage(client, vera):
    page = client.get("/")

    assert "You follow" not in words_of(page)


@pytest.mark.once
def test_list_of_whom_one_follows_lets_go_of_each_and_comes_back(client, vera):
    cleo = make_creator("Cleo", followers=0)
    follow(user=vera, creator=cleo)
    page = client.get("/following/")

    assert "1 creator, whoever is live first" in words_of(page)

    answer = client.post(reverse("unfollow", args=[cleo.handle]), {"next": "/following/"})

    assert (answer.status_code, answer["Location"]) == (303, "/following/")

    page = client.get("/following/")

    assert "You follow nobody yet" in words_of(page)


@pytest.mark.once
def test_list_is_the_readers_own(client, vera):
    follow(user=make_user("Mallory"), creator=make_creator("Cleo", followers=0))

    page = client.get("/following/")

    assert "Cleo" not in words_of(page)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_as_many_queries_for_3_followed_as_for_1(client, vera, count, django_assert_num_queries):
    for number in range(count):
        creator = make_creator(f"Creator{number}", followers=0)
        follow(user=vera, creator=creator)
        make_session(creator)

    with django_assert_num_queries(1):
        assert len([creator.running.title for creator in followed_by(vera)]) == count
    with django_assert_num_queries(7):  # who, categories, followed, lives, rates, new notices, coin balance
        client.get("/")
    with django_assert_num_queries(5):  # who, how many, followed, new notices, coin balance
        client.get("/following/")


# --- What comes next ----------------------------------------------------------------------------


@pytest.mark.once
def test_creator_says_what_comes_next_and_their_page_shows_it(client):
    cleo = make_creator("Cleo", followers=0)
    client.force_login(cleo.user)
    page = client.get(f"/@{cleo.handle}/")

    assert "Say what comes next" in words_of(page)

    form = {"name": "Cleo", "bio": "", "next_live": "Friday\u202e 20:00\n"}
    answer = client.post("/live/studio/profile/", form)

    assert answer.status_code == 303

    page = client.get(f"/@{cleo.handle}/")

    assert "Next:</span> Friday 20:00</span>" in words_of(page)


@pytest.mark.once
@pytest.mark.parametrize(("typed", "kept"), [("\u2800\u200b", ""), ("<b>soon</b>", "<b>soon</b>")])
def test_next_live_of_nothing_visible_is_none_and_markup_is_text(client, typed, kept):
    cleo = make_creator("Cleo", followers=0)
    client.force_login(cleo.user)

    client.post("/live/studio/profile/", {"name": "Cleo", "bio": "", "next_live": typed})

    cleo.refresh_from_db()
    assert cleo.next_live == kept

    page = client.get(f"/@{cleo.handle}/")

    assert "<b>soon" not in words_of(page)


# --- Categories ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/live/"])
def test_lives_are_filtered_by_the_category_that_the_address_names(client, path):
    music, art = live_in("music"), live_in("art", "Tove", "The harbour")

    every, only = client.get(path), client.get(path, {"category": "art"})

    assert str(music.pk) in words_of(every)
    assert str(music.pk) not in words_of(only)
    assert f'data-live-session="{art.pk}"' in words_of(only)
    assert "Tove · Art" in words_of(only)


@pytest.mark.once
@pytest.mark.parametrize("path", ["/", "/live/"])
def test_category_without_a_live_says_so_and_an_unknown_one_shows_all(client, path):
    music = live_in("music")

    page = client.get(path, {"category": "cooking"})

    assert "Nobody is live in Cooking right now" in words_of(page)

    for unknown in ("nothing", "x" * 900, "\x00"):
        page = client.get(path, {"category": unknown})

        assert str(music.pk) in words_of(page), unknown


def test_creator_chooses_a_category_and_changes_it_while_live(client):
    cleo = make_creator("Cleo", followers=0)
    client.force_login(cleo.user)

    statuses = [
        client.post("/live/studio/start/", {"title": "Friday", "category": "nothing"}).status_code,
        client.post("/live/studio/start/", {"title": "Friday", "category": "music"}).status_code,
    ]

    assert statuses == [422, 303]

    live = cleo.sessions.get()
    assert live.category.slug == "music"

    Category.objects.filter(slug="music").update(is_shown=False)
    change = f"/live/{live.pk}/change/"
    statuses = [
        client.post(change, {"title": "Friday", "category": "music"}).status_code,
        client.post(change, {"title": "Friday", "category": ""}).status_code,
        client.post(change, {"title": "Friday", "category": "music"}).status_code,
    ]

    assert statuses == [303, 303, 422]

    live.refresh_from_db()
    assert live.category is None


@pytest.mark.once
def test_operator_adds_a_category_with_a_reason_and_keeps_its_slug(client, otto):
    added = {"slug": "magic", "name": "Magic", "order": "70", "is_shown": "on"}
    statuses = [
        client.post("/admin/live/category/add/", added).status_code,
        client.post("/admin/live/category/add/", {**added, "reason": "Asked for."}).status_code,
    ]

    assert statuses == [200, 302]

    magic = Category.objects.get(slug="magic")

    changed = {"slug": "other", "name": "Sleight of hand", "order": "5", "reason": "Better."}
    answer = client.post(f"/admin/live/category/{magic.pk}/change/", changed)

    assert answer.status_code == 302

    magic.refresh_from_db()
    assert (magic.slug, magic.name, magic.order, magic.is_shown) == ("magic", "Sleight of hand", 5, False)

    page = client.get("/live/")

    assert "category=magic" not in words_of(page)


# --- Search -------------------------------------------------------------------------------------


def test_search_finds_creators_and_lives_without_a_log_in(client):
    zoe = become_creator(user=make_user(), handle="zoe", name="Zoë Marín")
    live = start_session(creator=zoe, title="Requests")
    become_creator(user=make_user(), handle="ida", name="Ida")

    page = words_of(client.get("/search/", {"q": " zoe MAR "}))

    assert f'data-live-session="{live.pk}"' in page
    assert "@zoe · 0 followers" in page
    assert "Ida" not in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.once
def test_search_says_what_it_wants_what_it_lacks_and_what_is_too_long(client):
    page = client.get("/search/")

    assert "Type the beginning of a name" in words_of(page)

    page = client.get("/search/", {"q": "qqq"})

    assert "Nothing begins like this" in words_of(page)

    answer = client.get("/search/", {"q": "q" * 61})
    assert answer.status_code == 422
    assert "Use at most 60 characters" in words_of(answer)


@pytest.mark.once
def test_search_goes_on_over_pages_with_its_text(client):
    for number in range(21):
        become_creator(user=make_user(), handle=f"ida-{number}", name=f"Ida {number}")

    first = words_of(client.get("/search/", {"q": "ida &"}))
    second = words_of(client.get("/search/", {"q": "ida &", "page": "2"}))

    assert 'href="?q=ida+%26&amp;page=2"' in first
    assert (first.count(">@ida-"), second.count(">@ida-")) == (20, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_search_takes_as_many_queries_for_3_found_as_for_1(client, count, django_assert_num_queries):
    for number in range(count):
        creator = become_creator(user=make_user(), handle=f"ida-{number}", name=f"Ida {number}")
        start_session(creator=creator, title="Ida plays")

    with django_assert_num_queries(5):  # words of creators, how many, creators, words of lives, lives
        client.get("/search/", {"q": "ida"})


# --- What links show ----------------------------------------------------------------------------


@pytest.mark.once
def test_link_to_a_creator_or_a_live_shows_their_name_words_and_picture(client):
    cleo = make_creator("Cleo", followers=0)
    type(cleo).objects.filter(pk=cleo.pk).update(bio="Violin from Porto.")
    type(cleo.user).objects.filter(pk=cleo.pk).update(avatar="violin")
    live = make_session(cleo, title="Strings by request")

    creator, room = words_of(client.get(f"/@{cleo.handle}/")), words_of(client.get(f"/live/{live.pk}/"))

    assert '<meta property="og:title" content="Cleo">' in creator
    assert '<meta property="og:description" content="Cleo on Ovation. Violin from Porto.">' in creator
    assert '<meta property="og:title" content="Strings by request with Cleo">' in room
    for page, path in ((creator, f"/@{cleo.handle}/"), (room, f"/live/{live.pk}/")):
        assert 'content="http://testserver/static/share/violin.jpg"' in page
        assert f'<meta property="og:url" content="http://testserver{path}">' in page


@pytest.mark.once
def test_every_picture_that_a_person_may_choose_has_one_for_links(settings):
    drawn = {file.stem for file in (settings.BASE_DIR / "static" / "share").glob("*.jpg")}

    assert {slug for slug, _ in AVATARS} <= drawn
