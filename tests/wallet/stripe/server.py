"""The look-alike over HTTP on loopback: Stripe's paths, and the page on which a viewer pays.

    python -m tests.wallet.stripe.server --port 8098 --faults 0.2

The page at /c/pay/<session> has a button for each end: paid, a bank that pays later, and back without paying.
"""

import argparse
import hashlib
import hmac
import html
import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.wallet.stripe.till import Refused, Till

SECRET = "whsec_lookalike"


class Cut(Exception):
    """Close the connection without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self):
        self._answer("GET")

    def do_POST(self):
        self._answer("POST")

    def log_message(self, *args):
        pass

    @property
    def till(self):
        return self.server.till

    def _answer(self, method):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path)
        parts = path.path.strip("/").split("/")
        try:
            if parts[:2] == ["c", "pay"]:
                return self._pay(method, self.till.sessions[parts[2]], dict(parse_qsl(body)))
            return self._call(method, parts, dict(parse_qsl(body or path.query)))
        except Refused as refused:
            return self._send(refused.status, refused.body)
        except Cut:
            self.close_connection = True
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _call(self, method, parts, fields):
        match [method, *parts]:
            case ["POST", "v1", "checkout", "sessions"]:
                operation = "create"
            case ["GET", "v1", "checkout", "sessions", _]:
                operation = "retrieve"
            case _:
                raise Refused(404, "url_invalid")
        fault = self.till.fault_for(operation)
        self._break(fault if not fault.endswith("-after") else "")
        answer = self._do(operation, parts, fields)
        self._break(fault)
        if fault == "garbage-after":
            return self._send(200, b"<html>a gateway in between speaks</html>", "text/html")
        return self._send(200, answer)

    def _break(self, fault):
        """Answer as a server in trouble does, or not at all."""
        time.sleep({"slow": 0.05, "hang-after": self.till.hang}.get(fault, 0))
        if fault.startswith(("cut", "hang")):
            raise Cut
        if fault.startswith(("503", "429")):
            raise Refused(int(fault[:3]), "rate_limit" if fault == "429" else "unavailable", kind="api_error")

    def _do(self, operation, parts, fields):
        self.till.check_key(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if operation == "create":
            return self.till.create(fields, self.headers["Idempotency-Key"], self.server.url)
        return self.till.retrieve(parts[-1], fields)

    def _pay(self, method, session, fields):
        if method == "POST":
            ends = {"pay": self.till.pay, "bank": self.till.pay_by_bank}
            if fields["end"] in ends:
                ends[fields["end"]](session)
            self.send_response(303)
            self.send_header("Location", session["success_url" if fields["end"] in ends else "cancel_url"])
            self.send_header("Content-Length", "0")
            return self.end_headers()
        buttons = "".join(f"<button name='end' value='{end}'>{end}</button>" for end in ("pay", "bank", "back"))
        cents = session["amount_total"]
        page = f"<!doctype html><html lang='en'><title>Look-alike</title><h1>${cents / 100:.2f}</h1>"
        page += f"<form method='post' action='{html.escape(urlsplit(session['url']).path)}'>{buttons}</form></html>"
        return self._send(200, page.encode(), "text/html; charset=utf-8")

    def _send(self, status, answer, kind="application/json"):
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class LookAlikeServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, till=None, *, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.till = till or Till()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass


def signed(event, *, at=None, secret=SECRET):
    """Return (headers, body) of an event as it would be delivered at a moment, now if left out."""
    body = json.dumps(event).encode()
    stamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={signature}"}, body


@contextmanager
def serve():
    """Run a look-alike in threads of this process; it ends with the block."""
    server = LookAlikeServer()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8098)
    parser.add_argument("--faults", type=float, default=0.0, help="which part of all calls goes wrong, 0 to 1")
    options = parser.parse_args()
    server = LookAlikeServer(Till(faults=options.faults), port=options.port)
    print(f"Stripe's look-alike: {server.url}", flush=True)
    try:
        server.serve_forever(poll_interval=0.05)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
