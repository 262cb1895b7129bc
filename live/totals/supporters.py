"""Supporters: people who gave in any live of a creator. Kept for ever; no query reads the taps of ended lives.

The end of a live updates one row for each creator and person. Queries add the gifts of the running live.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.db import connection
from django.db.models import DateTimeField

from live.feed.tallies import NOT_COUNTED
from live.models import Creator, LiveSession, Supporter

# The tallies of ended lives are complete.
ADD = """INSERT INTO live_supporter (creator_id, viewer_id, lives, gifts, points, first_gave_at, last_gave_at)
    SELECT session.creator_id, {viewer}, COUNT(DISTINCT tally.session_id), SUM(tally.gifts), SUM(tally.points),
      MIN(tally.first_gave_at), MAX(tally.last_gave_at)
    FROM live_giftertally tally JOIN live_livesession session ON session.id = tally.session_id
    WHERE tally.session_id = %s AND {as_somebody} GROUP BY {by}
    ON CONFLICT {key} DO UPDATE SET
      lives = live_supporter.lives + excluded.lives,
      gifts = live_supporter.gifts + excluded.gifts,
      points = live_supporter.points + excluded.points,
      first_gave_at = CASE WHEN excluded.first_gave_at < live_supporter.first_gave_at
        THEN excluded.first_gave_at ELSE live_supporter.first_gave_at END,
      last_gave_at = CASE WHEN excluded.last_gave_at > live_supporter.last_gave_at
        THEN excluded.last_gave_at ELSE live_supporter.last_gave_at END"""
ADD_BY_NAME = ADD.format(
    viewer="tally.viewer_id",
    as_somebody="NOT tally.as_somebody",
    by="session.creator_id, tally.viewer_id",
    key="(creator_id, viewer_id)",
)
ADD_SOMEBODIES = ADD.format(
    viewer="CAST(NULL AS bigint)",
    as_somebody="tally.as_somebody",
    by="session.creator_id",
    key="(creator_id) WHERE viewer_id IS NULL",
)

SETTLED = """SELECT viewer_id, lives, gifts, points, first_gave_at, last_gave_at FROM live_supporter
    WHERE creator_id = %(creator)s AND viewer_id IS NOT NULL"""
SETTLED_SINCE = """SELECT tally.viewer_id, COUNT(*) AS lives, SUM(tally.gifts) AS gifts, SUM(tally.points) AS points,
      MIN(tally.first_gave_at) AS first_gave_at, MAX(tally.last_gave_at) AS last_gave_at
    FROM live_giftertally tally JOIN live_livesession session ON session.id = tally.session_id
    WHERE session.creator_id = %(creator)s AND session.ended_at >= %(since)s AND NOT tally.as_somebody
    GROUP BY tally.viewer_id"""
# Gifts of the running live: its tallies, and the taps behind them. No rows if the live has ended since it was looked
# up, because live_supporter then contains it.
NOW = f"""SELECT viewer_id, 1 AS lives, SUM(gifts) AS gifts, SUM(points) AS points, MIN(first_gave_at) AS first_gave_at,
      MAX(last_gave_at) AS last_gave_at FROM (
      SELECT tally.viewer_id, tally.gifts, tally.points, tally.first_gave_at, tally.last_gave_at
      FROM live_giftertally tally WHERE tally.session_id = %(running)s AND NOT tally.as_somebody
      UNION ALL
      SELECT tap.viewer_id, tap.quantity, tap.coins, tap.created_at, tap.created_at
      FROM live_gifttap tap WHERE tap.session_id = %(running)s AND NOT tap.as_somebody
        AND {NOT_COUNTED.format(session="%(running)s")}
    ) gave WHERE EXISTS (SELECT 1 FROM live_livesession WHERE id = %(running)s AND ended_at IS NULL)
    GROUP BY viewer_id"""  # noqa: S608
# Candidates for the first rows of an order: everybody who gives in the running live, and the largest of the others.
LARGEST = f"""WITH now AS ({NOW})
    SELECT * FROM now
    UNION ALL
    SELECT settled.* FROM ({SETTLED}) settled JOIN now ON now.viewer_id = settled.viewer_id
    UNION ALL
    SELECT * FROM ({SETTLED} AND NOT EXISTS (SELECT 1 FROM now WHERE now.viewer_id = live_supporter.viewer_id)
      ORDER BY {{order}} LIMIT %(upto)s) largest"""  # noqa: S608
ADDED_UP = """SELECT viewer_id, CAST(SUM(lives) AS integer) AS lives, CAST(SUM(gifts) AS bigint) AS gifts,
      CAST(SUM(points) AS bigint) AS points, MIN(first_gave_at) AS first_gave_at, MAX(last_gave_at) AS last_gave_at
    FROM ({gave}) each_live GROUP BY viewer_id"""
PEOPLE = """SELECT 0 AS id, gave.*, person.name AS name, person.avatar AS avatar
    FROM ({gave}) gave JOIN people_user person ON person.id = gave.viewer_id
    WHERE (%(name)s = '' OR person.name {contains})"""
# Among equals, the person whose last or first gift is older comes first.
ORDERS = {
    "points": "points DESC, last_gave_at, viewer_id",
    "lives": "lives DESC, first_gave_at, viewer_id",
    "last": "last_gave_at DESC, viewer_id",
}


def keep_supporters(session: LiveSession) -> None:
    """Add the gifters of a live to its creator's supporters, in the transaction that settles it."""
    # Lock the creator's row: two lives of one creator could otherwise settle at once and add to the same supporters.
    Creator.objects.select_for_update(no_key=True).get(pk=session.creator_id)
    of_session = [LiveSession._meta.pk.get_db_prep_value(session.pk, connection)]
    with connection.cursor() as cursor:
        cursor.execute(ADD_BY_NAME, of_session)
        cursor.execute(ADD_SOMEBODIES, of_session)


class Supporters:
    """People who gave to a creator by name, in an order of ORDERS: `lives`, `gifts`, `points`, first and last moment.

    `since` leaves out lives that ended before it, `search` people whose name doesn't contain it. A slice is one query,
    and so is the count. Without `since` and `search`, a slice reads only its candidates, also beside a running live.
    """

    def __init__(
        self,
        creator: Creator,
        order: str = "points",
        *,
        since: datetime | None = None,
        search: str = "",
        running: LiveSession | None = None,
    ) -> None:
        gave = SETTLED_SINCE if since else SETTLED
        if since or running:
            gave = ADDED_UP.format(gave=f"{gave} UNION ALL {NOW}" if running else gave)
        # LIKE on SQLite folds only A to Z; a case-insensitive regular expression folds every letter on both databases.
        contains = connection.operators["iregex"] % "%(name)s"  # type: ignore[attr-defined]
        people = partial(PEOPLE.format, contains=contains)
        self.order = ORDERS[order]
        self.query = self.first = people(gave=gave)
        if running and not (since or search):
            self.first = people(gave=ADDED_UP.format(gave=LARGEST.format(order=self.order)))
        self.values = {"creator": creator.pk, "name": re.escape(search)}
        if since:
            self.values["since"] = DateTimeField().get_db_prep_value(since, connection)
        if running:
            self.values["running"] = LiveSession._meta.pk.get_db_prep_value(running.pk, connection)

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({self.query}) people", self.values)  # noqa: S608
            return cursor.fetchone()[0]

    def __getitem__(self, part: slice) -> list[Supporter]:
        places = {"limit": part.stop - part.start, "offset": part.start, "upto": part.stop}
        ordered = f"{self.first} ORDER BY {self.order} LIMIT %(limit)s OFFSET %(offset)s"
        return list(Supporter.objects.raw(ordered, {**self.values, **places}))

    def __iter__(self) -> Iterator[Supporter]:
        """Yield all rows from a cursor, without a list in memory."""
        return Supporter.objects.raw(f"{self.query} ORDER BY {self.order}", self.values).iterator()


def somebodies_of(creator: Creator) -> Supporter | None:
    """Return the sum of all Somebodies in the ended lives of a creator: a Supporter without a viewer, or None."""
    return creator.supporters.filter(viewer=None).first()
