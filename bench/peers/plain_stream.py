"""A plain asyncio server that writes one frame a tick to everybody who is connected: as little as a stream can cost.

python -m bench.peers.plain_stream PORT FILE_WITH_THE_FRAME TICK_SECONDS
"""

import asyncio
import sys
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


async def serve(port, frame, tick):
    chunk = b"%x\r\n%s\r\n" % (len(frame), frame)
    await asyncio.get_running_loop().create_server(Listener, "127.0.0.1", port, backlog=4096)
    while True:
        await asyncio.sleep(tick)
        for transport in list(Listener.everybody):
            transport.write(chunk)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes(), float(sys.argv[3])))
