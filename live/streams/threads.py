"""Threads for the queries of streams. A server that ends doesn't wait for them."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
Submitted: TypeAlias = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class Threads:
    """A fixed number of threads that run submitted work in its order.

    A ThreadPoolExecutor doesn't fit: Python joins its threads at exit, so a hanging query would keep the server alive.
    """

    def __init__(self, number: int, name: str) -> None:
        self._number, self._name = number, name
        self._submitted: SimpleQueue[Submitted | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def submit(self, work: Callable[..., T], *arguments: Any) -> Future[T]:
        """Return the Future of the result of `work`. Called on the event loop."""
        if not self._threads:
            self._threads = [Thread(target=self._run, name=self._name, daemon=True) for _ in range(self._number)]
            for thread in self._threads:
                thread.start()
        future: Future[T] = Future()
        self._submitted.put((future, work, arguments))
        return future

    def close(self) -> None:
        """End the threads after all submitted work."""
        for _ in self._threads:
            self._submitted.put(None)

    def _run(self) -> None:
        while submitted := self._submitted.get():
            future, work, arguments = submitted
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work(*arguments))
            except BaseException as error:
                future.set_exception(error)
