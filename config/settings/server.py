"""The processes: entry points, threads, streams, the worker, the log."""

import logging

from config.logs import logging_at
from config.settings.environment import env
from config.starting import StartRefused

LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING")
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise StartRefused(f"LOG_LEVEL is {LOG_LEVEL!r}. Use DEBUG, INFO, WARNING or ERROR.")
LOGGING = logging_at(LOG_LEVEL)

# Threads of each process that make pages (ASGI); no more of them than connections in the pool, less the streams' two.
WEB_THREADS = env.int("WEB_THREADS", default=6, least=1)
# Seconds between two queries for new taps, in a room with listeners; twice as long where nothing happens.
STREAM_TICK_SECONDS = env.float("STREAM_TICK_SECONDS", default=0.25, least=0.05)
# A stream ends after about this time, and its browser comes back: so that processes share the load anew.
STREAM_MINUTES = env.float("STREAM_MINUTES", default=10)
# For each process: streams of one person, of one address that isn't signed in, and of all together.
STREAMS_PER_PERSON = env.int("STREAMS_PER_PERSON", default=3)
STREAMS_PER_ADDRESS = env.int("STREAMS_PER_ADDRESS", default=20)
STREAMS_AT_MOST = env.int("STREAMS_AT_MOST", default=3000)

WORKER_PAUSE_SECONDS = env.float("WORKER_PAUSE_SECONDS", default=2)
