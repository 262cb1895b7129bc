"""The pace that one person may keep. Rates, prices and limits of money are dated rows in the admin instead."""

from config.settings.environment import env
from config.starting import StartRefused

TAPS_PER_SECOND = env.int("TAPS_PER_SECOND", default=20, least=1)
# Comments of one person, in all lives together: in ten seconds, and in a minute.
COMMENTS_IN_A_ROW = env.int("COMMENTS_IN_A_ROW", default=4)
COMMENTS_PER_MINUTE = env.int("COMMENTS_PER_MINUTE", default=12)
if not 1 <= COMMENTS_IN_A_ROW <= COMMENTS_PER_MINUTE:
    raise StartRefused("COMMENTS_IN_A_ROW must be at least 1, and COMMENTS_PER_MINUTE no less than that.")
# A gift of this many coins or more is asked about before it is sent, and can be undone for five seconds.
ASK_FROM_COINS = env.int("ASK_FROM_COINS", default=1_000)
