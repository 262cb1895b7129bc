"""A plain asyncio server that writes one piece a tick to every connection: the least that a stream can cost.

python -m bench.peers.plain_stream PORT FILE_WITH_PIECES TICK_SECONDS, the pieces with a NUL byte between them
"""

import asyncio
import sys
from itertools import cycle
from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Listener(asyncio.Protocol):
    everybody = set()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        if data.startswith(b"GET /healthz"):
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        else:
            self.transport.write(HEAD)
            self.everybody.add(self.transport)

    def connection_lost(self, error):
        self.everybody.discard(self.transport)


async def serve(port, pieces, tick):
    await asyncio.get_running_loop().create_server(Listener, "127.0.0.1", port, backlog=4096)
    for chunk in cycle([b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]):
        await asyncio.sleep(tick)
        for transport in list(Listener.everybody):
            transport.write(chunk)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes().split(b"\0"), float(sys.argv[3])))
