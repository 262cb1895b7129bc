"""Threads for the queries of streams. A server that ends doesn't wait for them."""

from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread


class Threads:
    """A fixed number of threads that run submitted work in its order.

    A ThreadPoolExecutor doesn't fit: Python joins its threads at exit, so a hanging query would keep the server alive.
    """

    def __init__(self, number, name):
        self._number, self._name = number, name
        self._submitted = SimpleQueue()
        self._threads = []

    def submit(self, work, *arguments):
        """Return the Future of the result of `work`. Called on the event loop."""
        if not self._threads:
            self._threads = [Thread(target=self._run, name=self._name, daemon=True) for _ in range(self._number)]
            for thread in self._threads:
                thread.start()
        future = Future()
        self._submitted.put((future, work, arguments))
        return future

    def close(self):
        """End the threads after all submitted work."""
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
