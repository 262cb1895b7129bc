"""Finding creators and running lives by the beginnings of words, whatever their case, accents or script."""

import pytest
from django.db import connection

from live.creators.creators import become_creator, edit_page
from live.creators.finding import MOST_FOUND, find_creators, find_lives
from live.models import CreatorWord, LiveWord
from live.sessions.sessions import change_session, end_session
from people.text.folding import beginnings_in, fold, words_in
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db


def creator_named(name, handle):
    return become_creator(user=make_user("Person"), handle=handle, name=name)


def found(text):
    return [creator.handle for creator in find_creators(text)]


# --- Folding ------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Zoë", "zoe"),
        ("ＣＬＥＯ", "cleo"),
        ("Straße", "strasse"),
        ("Søren Łukasz", "soren lukasz"),
        ("İstanbul", "istanbul"),
        ("Ἀθῆναι", "αθηναι"),
        ("👩‍🎤", "👩🎤"),
    ],
)
def test_case_accents_and_width_make_no_difference(text, folded):
    assert fold(text) == folded


@pytest.mark.once
def test_each_character_of_a_script_without_spaces_begins_a_word():
    assert [key.decode() for key in beginnings_in("山田 Live")] == ["山田", "田", "live"]
    assert words_in("山田") == ["山田".encode()]


@pytest.mark.once
@pytest.mark.parametrize("text", ["", " ", "--", "\u202e", "%_\\'"])
def test_text_without_a_word_finds_nothing(text):
    assert words_in(text) == []
    assert found(text) == []


# --- Creators -----------------------------------------------------------------------------------


def test_creator_is_found_by_the_beginning_of_each_word_of_name_and_handle():
    creator_named("Cleo Marín", "strings-porto")

    for text in ("cleo", "CLE", "mari", "marin cl", "Porto", "@strings-porto", "strings cleo"):
        assert found(text) == ["strings-porto"], text
    for text in ("leo", "cleo x", "marinas", "clep"):
        assert found(text) == [], text


def test_name_in_a_script_without_spaces_is_found_by_a_part_of_it():
    creator_named("山田花子", "hanako")

    assert found("花子") == found("山") == ["hanako"]


def test_live_creators_come_first_and_an_exact_handle_before_them():
    for handle, name in (("ida", "Ida"), ("ida-live", "Ida Zorn"), ("ida-b", "Ida Berg")):
        creator = creator_named(name, handle)
        if handle == "ida-live":
            make_session(creator)

    assert found("ida") == ["ida", "ida-live", "ida-b"]
    assert found("id") == ["ida-live", "ida", "ida-b"]


def test_deactivated_creator_is_not_found():
    cleo = creator_named("Cleo", "cleo")
    type(cleo.user).objects.filter(pk=cleo.pk).update(is_active=False)

    assert found("cleo") == []


def test_changed_name_is_found_and_the_one_before_is_not():
    cleo = creator_named("Cleo", "strings")

    edit_page(cleo, name="Nadja", bio="", next_live="")

    assert (found("nadja"), found("cleo"), found("strings")) == (["strings"], [], ["strings"])


# --- Lives --------------------------------------------------------------------------------------


def test_running_live_is_found_by_its_title_and_its_creator_until_it_ends():
    live = make_session(creator_named("Cleo", "cleo"), title="Strings by request")
    assert find_lives("request") == find_lives("cleo strings") == [live.pk]

    change_session(live, title="Encore", goal_kind="", goal=None, video_url="")
    assert (find_lives("encore"), find_lives("strings")) == ([live.pk], [])

    end_session(live, by="creator")
    assert find_lives("encore") == []
    assert not LiveWord.objects.exists()


# --- Bounds -------------------------------------------------------------------------------------


def make_many(count):
    """Make so many creators with words by five queries."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"count": count})
        cursor.execute(CREATORS)
        cursor.execute("SELECT user_id FROM live_creator")
        keys = [key for (key,) in cursor.fetchall()]
    words = [CreatorWord(creator_id=key, key=f"person{place:06}".encode()) for place, key in enumerate(keys)]
    CreatorWord.objects.bulk_create(words, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


PEOPLE = """WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < CAST(%(count)s AS integer))
    INSERT INTO people_user (email, name, avatar, password, is_superuser, is_staff, is_active, date_joined)
    SELECT 'many' || n || '@example.com', 'Person ' || n, 'octopus', '', false, false, true, CURRENT_TIMESTAMP FROM n"""
CREATORS = """INSERT INTO live_creator (user_id, handle, name, bio, created_at)
    SELECT id, 'many-' || id, name, '', CURRENT_TIMESTAMP FROM people_user WHERE email LIKE 'many%'"""


def test_search_among_many_reads_a_range_of_the_index_and_no_more_than_its_bound(django_assert_num_queries):
    make_many(5_000)

    with django_assert_num_queries(2):
        assert len(list(find_creators("person"))) == MOST_FOUND
    with django_assert_num_queries(2):
        assert [creator.name for creator in find_creators("person001234")] != []
    rows = CreatorWord.objects.filter(key__gte=b"person00", key__lt=b"person00\xff").order_by("key", "creator_id")
    plan = rows.values_list("creator_id")[: 2 * MOST_FOUND].explain()
    assert "word_of_creator_once" in plan or "autoindex_live_creatorword" in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
