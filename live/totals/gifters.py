"""Gifters: who gave in a live, by the faces they showed. By name and as Somebody, one person is two gifters.

They are counted apart, too: one person in two rows would say who that Somebody is.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from live.faces import Face, face_of, key_of
from live.feed.tallies import NOT_COUNTED, gifter_count
from live.models import GifterTally, LiveSession
from people.models import User

# Whom a board of a running live shows.
FIRST = 10

# The tallies of a live, and the taps behind them. Of the tallies, those that can be among the first: the largest ones,
# and those of whoever gave since.
REST = f"""SELECT tap.viewer_id, tap.as_somebody, SUM(tap.coins) AS points, SUM(tap.quantity) AS gifts,
      MAX(tap.created_at) AS last_gave_at
    FROM live_gifttap tap WHERE tap.session_id = %(session)s AND {NOT_COUNTED.format(session="%(session)s")}
    GROUP BY tap.viewer_id, tap.as_somebody"""  # noqa: S608
COUNTED = """SELECT tally.viewer_id, tally.as_somebody, tally.points, tally.gifts, tally.last_gave_at
    FROM live_giftertally tally"""
GAVE_SO_FAR = f"""WITH rest AS ({REST})
    SELECT viewer_id, as_somebody, CAST(SUM(points) AS bigint) AS points, CAST(SUM(gifts) AS bigint) AS gifts,
      MAX(last_gave_at) AS last_gave_at
    FROM (
      SELECT * FROM rest
      UNION ALL
      {COUNTED} JOIN rest ON tally.session_id = %(session)s AND tally.viewer_id = rest.viewer_id
        AND tally.as_somebody = rest.as_somebody
      UNION ALL
      SELECT * FROM ({COUNTED} WHERE tally.session_id = %(session)s AND NOT EXISTS (
          SELECT 1 FROM rest WHERE rest.viewer_id = tally.viewer_id AND rest.as_somebody = tally.as_somebody)
        ORDER BY tally.points DESC, tally.last_gave_at, tally.viewer_id LIMIT %(upto)s) largest
    ) parts GROUP BY viewer_id, as_somebody"""  # noqa: S608
GAVE = f"{COUNTED} WHERE tally.session_id = %(session)s"
# `lives` and `words` are looked up for the rows that are shown.
TOLD = """SELECT 0 AS id, first.*, person.name AS name, person.avatar AS avatar,
      (SELECT lives FROM live_supporter WHERE creator_id = %(creator)s AND viewer_id = first.viewer_id) AS lives,
      (SELECT words FROM live_thanks thanks WHERE thanks.session_id = %(session)s
        AND thanks.gifter_id = first.viewer_id AND thanks.as_somebody = first.as_somebody) AS words
    FROM (SELECT * FROM ({gave}) gave ORDER BY points DESC, last_gave_at, viewer_id LIMIT %(limit)s OFFSET %(offset)s)
      first JOIN people_user person ON person.id = first.viewer_id
    ORDER BY points DESC, last_gave_at, viewer_id"""


class Gifter(NamedTuple):
    """What one face gave in a live: `coins`, `gifts`, and the creator's words of thanks, if there are any.

    `lives` is in how many lives of this creator they gave by name, this one included; None for Somebody, whom nothing
    follows from one live to the next.
    """

    face: Face
    coins: int
    gifts: int
    last_gave: datetime
    lives: int | None
    words: str | None


class Gifters:
    """The gifters of a live, the most first and the earlier ones first among equals. Each slice is one statement.

    It reads tallies, and of a running live the taps behind them, so it is cheap however many taps there were.
    """

    def __init__(self, session):
        self.session = session
        self.statement = TOLD.format(gave=GAVE_SO_FAR if session.is_live else GAVE)

    def count(self):
        """Return how many there are. Two statements."""
        return gifter_count(self.session)

    def __getitem__(self, part):
        start = part.start or 0
        values = {
            "session": LiveSession._meta.pk.get_db_prep_value(self.session.pk, connection),
            "creator": self.session.creator_id,
            "limit": part.stop - start,
            "offset": start,
            "upto": part.stop,
        }
        return [self._gifter(row) for row in GifterTally.objects.raw(self.statement, values)]

    def _gifter(self, row):
        person = User(pk=row.viewer_id, name=row.name, avatar=row.avatar)
        face = face_of(person, self.session.pk, row.as_somebody)
        # A live that runs isn't among those that count yet.
        lives = None if row.as_somebody else (row.lives or 0) + self.session.is_live
        return Gifter(face, row.points, row.gifts, row.last_gave_at, lives, row.words)


def people_behind(session):
    """Return {key of a face: (id of the person, whether as Somebody)} of who gave in a live that has ended.

    For us alone to know. One statement, a row for each face, however many taps there were.
    """
    gave = session.gifter_tallies.values_list("viewer", "as_somebody")
    return {key_of(person, session.pk, as_somebody): (person, as_somebody) for person, as_somebody in gave}
