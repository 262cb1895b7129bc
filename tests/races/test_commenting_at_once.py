"""Comments at once, on PostgreSQL with real threads: one comment an id, one pace for all threads."""

from uuid import uuid4

import pytest

from live.comments.comments import CommentReused, TooManyComments, mute_author, write_comment
from live.comments.muted_words import add_muted_word
from live.models import Comment, Muted
from live.sessions.closing import close_creator
from people.refusals import Refusal
from tests.factories import make_session, make_user
from tests.races.threads import at_once, raised, rounds, succeeded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def write(author, session, comment_id=None):
    return write_comment(author=author, session_id=session.pk, comment_id=comment_id or uuid4(), text="Bravo")


@rounds
def test_one_comment_id_32_times_is_one_comment_and_32_equal_answers(round_):
    vera, session, comment_id = make_user("Vera"), make_session(), uuid4()

    results = at_once(lambda _: write(vera, session, comment_id), range(32))

    assert {result.comment.pk for result in results} == {Comment.objects.get().pk}
    assert [result.is_repeat for result in results].count(False) == 1


@rounds
def test_one_comment_id_of_32_people_is_one_comment_and_31_refusals(round_):
    people, session, comment_id = [make_user(f"Viewer{n}") for n in range(32)], make_session(), uuid4()

    results = at_once(lambda person: write(person, session, comment_id), people)

    assert len(raised(results, CommentReused)) == 31
    assert Comment.objects.get() == succeeded(results)[0].comment


@rounds
def test_32_comments_of_one_person_are_4_and_28_refusals(round_):
    vera, session = make_user("Vera"), make_session()

    results = at_once(lambda _: write(vera, session), range(32))

    assert len(succeeded(results)) == Comment.objects.count() == 4
    assert len(raised(results, TooManyComments)) == 28


@rounds
def test_mute_pressed_32_times_is_one_and_the_200th_word_is_muted_once(round_):
    session = make_session()
    comment, cleo = write(make_user("Vera"), session).comment, session.creator
    cleo.muted_words.bulk_create([cleo.muted_words.model(creator=cleo, word=f"word {n}") for n in range(199)])

    muted = at_once(lambda _: mute_author(Comment.objects.get(pk=comment.pk)), range(32))
    words = at_once(lambda n: add_muted_word(cleo, f"new {n}"), range(32))

    assert {one.pk for one in muted} == {Muted.objects.get().pk}
    assert len(succeeded(words)) == 1
    assert len(raised(words, Refusal)) == 31
    assert cleo.muted_words.count() == 200


@rounds
def test_creator_who_is_closed_while_writing_writes_before_it_or_not_at_all(round_):
    session, otto = make_session(), make_user("Otto", is_staff=True, is_superuser=True)
    cleo = session.creator

    results = at_once(lambda place: write(cleo.user, session) if place else close_creator(cleo, by=otto), range(8))

    assert results[0] is None
    assert len(succeeded(results[1:])) == Comment.objects.count()
    assert len(raised(results, Refusal)) == 7 - Comment.objects.count()
    session.refresh_from_db()
    assert not session.is_live
