"""Just enough of HTTP/2, over a plain connection, to post a body without a content-length."""

import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def header(name, value):
    """A header as HPACK has it: literal, with no table."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def post(port, path, body):
    """Post a body in frames of 5 bytes; return the body of the answer."""
    fields = {b":method": b"POST", b":scheme": b"http", b":path": path, b":authority": b"localhost"}
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(PREFACE + frame(SETTINGS, 0, 0))
        line.sendall(frame(HEADERS, END_HEADERS, 1, b"".join(header(*field) for field in fields.items())))
        for begin in range(0, len(body), 5):
            line.sendall(frame(DATA, 0, 1, body[begin : begin + 5]))
        line.sendall(frame(DATA, END_STREAM, 1))
        received, answer = line.makefile("rb"), b""
        while head := received.read(9):
            length = int.from_bytes(head[:3], "big")
            payload = received.read(length)
            if head[3] == DATA:
                answer += payload
            if head[3] in (DATA, HEADERS) and head[4] & END_STREAM:
                return answer
    raise AssertionError("the server ended the connection")
