"""Gifters: the faces that gave in a live. By name and as Somebody, one person is two gifters.

Counts treat them as two as well: a lower count would reveal that two rows are one person.
"""

from typing import Any, NamedTuple

from django.db import connection

from live.faces import Face, face_of, key_of
from live.feed.tallies import NOT_COUNTED, gifter_count
from live.models import GifterTally, LiveSession
from people.models import User

# The board of a running live shows this many.
FIRST = 10

# The tallies of a live, and the taps behind them. Only tallies that can be among the first: the largest ones, and
# those of faces with a tap behind the tally.
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
# Subqueries look up `lives` and `words` after the LIMIT, so for shown rows alone.
TOLD = """SELECT 0 AS id, first.*, person.name AS name, person.avatar AS avatar,
      (SELECT lives FROM live_supporter WHERE creator_id = %(creator)s AND viewer_id = first.viewer_id) AS lives,
      (SELECT words FROM live_thanks thanks WHERE thanks.session_id = %(session)s
        AND thanks.gifter_id = first.viewer_id AND thanks.as_somebody = first.as_somebody) AS words
    FROM (SELECT * FROM ({gave}) gave ORDER BY points DESC, last_gave_at, viewer_id LIMIT %(limit)s OFFSET %(offset)s)
      first JOIN people_user person ON person.id = first.viewer_id
    ORDER BY points DESC, last_gave_at, viewer_id"""


class Gifter(NamedTuple):
    """Coins and gifts of one face in a live, and the creator's words of thanks, if there are any.

    `lives` counts the lives of this creator in which the person gave by name, including this one. It is None for
    Somebody, because no number may link one live of a Somebody to the next.
    """

    face: Face
    coins: int
    gifts: int
    lives: int | None
    words: str | None


class Gifters:
    """The gifters of a live, by points, the earlier ones first among equals. Each slice is one query.

    It reads tallies, and in a running live the taps behind them, so its cost doesn't grow with the taps.
    """

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.query = TOLD.format(gave=GAVE_SO_FAR if session.is_live else GAVE)

    def count(self) -> int:
        """Return how many there are. Two queries."""
        return gifter_count(self.session)

    def __getitem__(self, part: slice) -> list[Gifter]:
        start = part.start or 0
        values = {
            "session": LiveSession._meta.pk.get_db_prep_value(self.session.pk, connection),
            "creator": self.session.creator_id,
            "limit": part.stop - start,
            "offset": start,
            "upto": part.stop,
        }
        return [self._gifter(row) for row in GifterTally.objects.raw(self.query, values)]

    def _gifter(self, row: Any) -> Gifter:
        person = User(pk=row.viewer_id, name=row.name, avatar=row.avatar)
        face = face_of(person, self.session.pk, row.as_somebody)
        # A Supporter row counts ended lives only.
        lives = None if row.as_somebody else (row.lives or 0) + self.session.is_live
        return Gifter(face, row.points, row.gifts, lives, row.words)


def people_behind(session: LiveSession) -> dict[str, tuple[int, bool]]:
    """Return {key of a face: (id of the person, whether as Somebody)} of the gifters of an ended live.

    Never show it to a person. One query, a row for each face.
    """
    gave = session.gifter_tallies.values_list("viewer", "as_somebody")
    return {key_of(person, session.pk, as_somebody): (person, as_somebody) for person, as_somebody in gave}
