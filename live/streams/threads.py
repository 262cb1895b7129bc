"""Threads for what streams ask, for which a server that ends doesn't wait."""

from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread


class Threads:
    """So many threads that do what is submitted, in turn.

    No ThreadPoolExecutor: Python waits for its threads, so a database that hangs would keep the server from ending.
    """

    def __init__(self, number, name):
        self._number, self._name = number, name
        self._submitted = SimpleQueue()
        self._threads = []

    def submit(self, work, *arguments):
        """Return the Future of what a thread gets from `work`. Called on the event loop."""
        if not self._threads:
            self._threads = [Thread(target=self._run, name=self._name, daemon=True) for _ in range(self._number)]
            for thread in self._threads:
                thread.start()
        future = Future()
        self._submitted.put((future, work, arguments))
        return future

    def close(self):
        """Let the threads end, once everything that was submitted is done."""
        for _ in self._threads:
            self._submitted.put(None)

    def _run(self):
        while submitted := self._submitted.get():
            future, work, arguments = submitted
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work(*arguments))
            except BaseException as error:
                future.set_exception(error)
