"""The processes: entry points, threads, streams, the worker, the log."""

from config.logs import logging_at
from config.settings.environment import env

LOGGING = logging_at(env.str("LOG_LEVEL", default="WARNING"))

# Threads of each process that make pages (ASGI); no more of them than connections in the pool, less the streams' two.
WEB_THREADS = env.int("WEB_THREADS", default=6)
# Seconds between two queries for new taps, in a room with listeners; twice as long where nothing happens.
STREAM_TICK_SECONDS = env.float("STREAM_TICK_SECONDS", default=0.25)
# A stream ends after about this time, and its browser comes back: so that processes share the load anew.
STREAM_MINUTES = env.float("STREAM_MINUTES", default=10)
# For each process: streams of one person, of one address that isn't signed in, and of all together.
STREAMS_PER_PERSON = env.int("STREAMS_PER_PERSON", default=3)
STREAMS_PER_ADDRESS = env.int("STREAMS_PER_ADDRESS", default=20)
STREAMS_AT_MOST = env.int("STREAMS_AT_MOST", default=3000)

WORKER_PAUSE_SECONDS = env.float("WORKER_PAUSE_SECONDS", default=2)
