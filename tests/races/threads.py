"""Many real threads that start at the same moment, each with a database connection of its own."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

# A push runs a few rounds of each race; ROUNDS=50 pytest tests/races runs many.
rounds = pytest.mark.parametrize("round_", range(int(os.environ.get("ROUNDS", "1"))))


def at_once(work, arguments, *, threads=32):
    """Run work(argument) for every argument on `threads` threads that start together; return results and exceptions.

    The result is in the order of the arguments. An exception is returned in its place, not raised.
    """
    arguments = list(arguments)
    threads = min(threads, len(arguments))
    start = threading.Barrier(threads)
    queue = list(enumerate(arguments))
    results = [None] * len(arguments)

    def run():
        start.wait()
        try:
            while queue:
                try:
                    place, argument = queue.pop(0)
                except IndexError:
                    return
                try:
                    results[place] = work(argument)
                except Exception as error:
                    results[place] = error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        for running in [pool.submit(run) for _ in range(threads)]:
            running.result()
    return results


def raised(results, kind):
    """Return the results that are exceptions of a kind."""
    return [result for result in results if isinstance(result, kind)]


def succeeded(results):
    """Return the results that are not exceptions."""
    return [result for result in results if not isinstance(result, Exception)]
