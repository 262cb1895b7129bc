"""The reader's time zone: the name that their browser gives, or else its distance from UTC."""

import re
import zoneinfo
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache

# A browser may use a name that zone data doesn't have yet (Europe/Kyiv in 2022) or no longer has (US/Pacific). The
# package tzdata, which zoneinfo falls back to, has both. For all others the minutes east of UTC are good until the
# clocks change, and the page sends them anew.
NAME, MINUTES = "tz", "tz_minutes"
_MINUTES = re.compile(r"-?[0-9]{1,4}")
FURTHEST = 18 * 60


@cache
def known_zones() -> frozenset[str]:
    """Return the names of all zones, read once: asking for them opens hundreds of files."""
    return frozenset(zoneinfo.available_timezones())


def zone_from(cookies: dict[str, str]) -> tzinfo | None:
    """Return the zone that a browser's cookies name; None if they name none."""
    name, minutes = cookies.get(NAME, ""), cookies.get(MINUTES, "")
    if name in known_zones():
        return zoneinfo.ZoneInfo(name)
    if not _MINUTES.fullmatch(minutes) or abs(int(minutes)) > FURTHEST:
        return None
    return timezone(timedelta(minutes=int(minutes))) if int(minutes) else UTC
