"""A listener of a hub: it collects frames, may disconnect, and keeps its cursor."""

import asyncio
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

from live.streams.hub import Hub
from live.streams.reading import Readers

TAP = re.compile(r'data-tap="(\d+)"')
PATIENCE = 15


class Ear:
    """A listener. `taps` are the ids that arrived, in order, over all its connections; `place` is its cursor."""

    def __init__(self, hub, live, place=0, *, person=None, address="192.0.2.1"):
        self.hub, self.live, self.place = hub, live, place
        self.who = {"person": person, "address": address}
        self.pieces, self.taps = [], []
        self.line = None
        self.may_read = asyncio.Event()
        self.may_read.set()

    def dial(self):
        """Connect with the cursor of the last event that arrived."""
        stream = self.hub.open(self.live.pk, self.place, **self.who)
        self.line = asyncio.create_task(stream.send_to(self.receive))
        return self

    async def receive(self, piece):
        await self.may_read.wait()
        text = piece.decode()
        self.pieces.append(text)
        self.taps += [int(id_) for id_ in TAP.findall(text)]
        self.place = int((re.findall(r"^id: p(\d+)$", text, re.M) or [self.place])[-1])

    async def drop(self):
        self.line.cancel()
        await asyncio.gather(self.line, return_exceptions=True)

    async def until(self, is_so):
        """Wait until something is so about this listener."""
        async with asyncio.timeout(PATIENCE):
            while not is_so(self):
                await asyncio.sleep(0.005)

    async def until_taps(self, number):
        await self.until(lambda ear: len(ear.taps) >= number)

    async def until_end(self):
        await asyncio.wait_for(self.line, PATIENCE)
        return "".join(self.pieces)


class CountedReaders(Readers):
    """Readers that record their arguments and count their queries."""

    def __init__(self):
        super().__init__()
        self.asked, self.queries = Counter(), Counter()

    def submit(self, work, *arguments):
        self.asked[work.__name__] += 1
        return super().submit(self._count, work, *arguments)

    def submit_late(self, work, *arguments):
        self.asked[work.__name__] += 1
        return super().submit_late(self._count, work, *arguments)

    def _count(self, work, *arguments):
        def note(execute, *query):
            self.queries[work.__name__] += 1
            return execute(*query)

        with connection.execute_wrapper(note):
            return work(*arguments)


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose clock a test puts forward, so that a busy machine changes no timing."""

    ahead = 0

    def time(self):
        return super().time() + self.ahead


async def pass_seconds(seconds, step=0.05):
    """Put the loop's clock forward bit by bit, and let everything happen that is due meanwhile and needs no thread."""
    for _ in range(round(seconds / step)):
        asyncio.get_running_loop().ahead += step
        for _ in range(10):
            await asyncio.sleep(0)


async def off_loop(work, *arguments, **more):
    """Do what needs the database in a thread, and leave no connection behind."""

    def do():
        try:
            return work(*arguments, **more)
        finally:
            connections.close_all()

    return await asyncio.to_thread(do)


def listen(scene):
    """Run `await scene(hub)` with a new hub, on an event loop in its own thread; a query there raises."""

    async def run():
        hub = Hub()
        try:
            return await scene(hub)
        finally:
            hub.close()
            await asyncio.gather(*(listener.task for listener in hub._listeners), return_exceptions=True)
            await asyncio.gather(*hub._tasks, return_exceptions=True)
            hub._readers.close()

    def run_guarded():
        with connection.execute_wrapper(refuse), asyncio.Runner(loop_factory=Loop) as runner:
            return runner.run(run())

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run_guarded).result()


def refuse(execute, sql, *more):
    raise AssertionError(f"a query on the event loop: {sql}")
