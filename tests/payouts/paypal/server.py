"""The look-alike over HTTP on loopback: PayPal's paths, and /look-alike/ for the test.

    python -m tests.payouts.paypal.server --port 8099 --faults 0.2 --seed 7 --delay 0.05 --state /tmp/payouts.jsonl

| path | answer or effect |
|---|---|
| `GET /look-alike/totals` | cents by sender's id; ids paid more than once; calls and faults so far |
| `POST /look-alike/set` | any of `faults`, `delay`, `hang`, `outcomes`, `days_ahead`, `funds_cents`, `token_seconds` |
| `POST /look-alike/status` | `{"sender_item_id": …, "status": …}`: put a payment into a status |
| `POST /look-alike/fail` | `{"operation": "create", "faults": ["cut-after"]}`: let the next calls go wrong |
"""

import argparse
import base64
import json
import random
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.payouts.paypal.bank import Bank, Refused, event_about
from tests.payouts.paypal.signing import Signer

CERTIFICATE = "/v1/notifications/certs/CERT-look-alike-1"
SETTABLE = {"faults", "delay", "hang", "outcomes", "days_ahead", "funds_cents", "token_seconds"}


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
    def bank(self):
        return self.server.bank

    def _answer(self, method):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if self.path == CERTIFICATE:
                return self._send(200, self.server.signer.pem, "application/x-pem-file")
            if self.path.startswith("/look-alike/"):
                return self._send(200, self._control(method, body))
            return self._call(method, body)
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

    def _call(self, method, body):
        operation, *rest = self._operation(method)
        fault = self.bank.fault_for(operation)
        time.sleep(self.bank.delay + (self.bank.delay * 3 + 0.01 if fault == "slow" else 0))
        if fault == "cut-before":
            raise Cut
        if fault in ("503-before", "429"):
            raise Refused(int(fault[:3]), "SERVICE_UNAVAILABLE" if fault[0] == "5" else "RATE_LIMIT_REACHED")
        try:
            status, answer = self._do(operation, rest, body)
        except Refused as refused:
            status, answer = refused.status, refused.body
        if fault == "hang-after":
            time.sleep(self.bank.hang)
        if fault in ("hang-after", "cut-after"):
            raise Cut
        if fault == "503-after":
            raise Refused(503, "SERVICE_UNAVAILABLE")
        if fault == "garbage-after":
            return self._send(status, b"<html>a gateway in between speaks</html>", "text/html")
        return self._send(status, answer)

    def _operation(self, method):
        parts = self.path.split("?")[0].strip("/").split("/")
        match [method, *parts]:
            case ["POST", "v1", "oauth2", "token"]:
                return ["token"]
            case ["POST", "v1", "payments", "payouts"]:
                return ["create"]
            case ["GET", "v1", "payments", "payouts", batch]:
                return ["batch", batch]
            case ["GET", "v1", "payments", "payouts-item", item]:
                return ["item", item]
            case ["POST", "v1", "payments", "payouts-item", item, "cancel"]:
                return ["cancel", item]
        raise Refused(404, "RESOURCE_NOT_FOUND")

    def _do(self, operation, rest, body):
        _, _, credentials = self.headers.get("Authorization", "").partition(" ")
        if operation == "token":
            client_id, _, secret = base64.b64decode(credentials).decode().partition(":")
            return 200, self.bank.token(client_id, secret)
        self.bank.check_token(credentials)
        if operation == "create":
            return 201, self.bank.create(json.loads(body), self.server.url)
        if operation == "batch":
            return 200, self.bank.batch(*rest, self.server.url)
        return 200, getattr(self.bank, operation)(*rest)

    def _control(self, method, body):
        what = self.path.removeprefix("/look-alike/")
        values = json.loads(body) if body else {}
        if what == "set":
            for name in values.keys() & SETTABLE:
                setattr(self.bank, name, values[name])
        elif what == "status":
            self.bank.set_status(values["sender_item_id"], values["status"])
        elif what == "fail":
            self.bank.fail_next(values["operation"], *values["faults"])
        return self.bank.totals() | {"webhooks": dict(self.server.delivered)}

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

    def __init__(self, bank, *, port=0, signer=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.bank, self._signer, self.delivered = bank, signer, {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def host(self):
        return self.url.removeprefix("http://")

    @property
    def signer(self):
        self._signer = self._signer or Signer()
        return self._signer

    def signed(self, event, *, webhook_id, **more):
        """Return (headers, body) of an event as it would be delivered now."""
        body = json.dumps(event).encode()
        return self.signer.headers(body, webhook_id=webhook_id, cert_url=self.url + CERTIFICATE, **more), body

    def handle_error(self, request, client_address):
        pass


@contextmanager
def serve(bank=None, **options):
    """Run a look-alike in threads of this process; it ends with the block."""
    server = LookAlikeServer(bank or Bank(), **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def deliver_webhooks(server, url, webhook_id, stopping):
    """Send an event for each change: some twice, some late and out of order, and some forged ones in between."""
    chance, told, waiting = random.Random(server.bank.seed), 0, []
    while not stopping.wait(0.02):
        with server.bank.lock:
            news = [server.bank.items[item_id] for item_id, _ in server.bank.changes[told:]]
        told += len(news)
        for item in news:
            message = server.signed(event_about(item), webhook_id=webhook_id)
            waiting += [message] * chance.choice([1, 1, 2, 3])
            if chance.random() < 0.1:
                waiting.append((message[0], message[1].replace(b"PAYMENT", b"PAYMENTS")))
        chance.shuffle(waiting)
        while len(waiting) > 20 or (waiting and chance.random() < 0.5):
            _deliver(server, url, *waiting.pop())


def _deliver(server, url, headers, body):
    request = urllib.request.Request(url, body, {**headers, "Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            outcome = str(answer.status)
    except urllib.error.HTTPError as error:
        outcome = str(error.code)
    except OSError as error:
        outcome = type(error).__name__
    server.delivered[outcome] = server.delivered.get(outcome, 0) + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--state", help="a file that keeps the payouts over a restart")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--faults", type=float, default=0.0, help="which part of all calls goes wrong, 0 to 1")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--hang", type=float, default=3.0, help="seconds of a call that never gets its answer")
    parser.add_argument("--outcomes", type=json.loads, help='such as {"SUCCESS": 8, "FAILED": 1, "RETURNED": 1}')
    parser.add_argument("--webhooks", help="where to send events")
    parser.add_argument("--webhook-id", default="WH-LOOK-ALIKE")
    options = parser.parse_args()
    bank = Bank(state=options.state, seed=options.seed, faults=options.faults, delay=options.delay, hang=options.hang,
                outcomes=options.outcomes)  # fmt: skip
    server, stopping = LookAlikeServer(bank, port=options.port), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    if options.webhooks:
        arguments = (server, options.webhooks, options.webhook_id, stopping)
        threading.Thread(target=deliver_webhooks, args=arguments, daemon=True).start()
    print(f"PayPal's look-alike: {server.url}", flush=True)
    try:
        server.serve_forever(poll_interval=0.05)
    except KeyboardInterrupt:
        pass
    finally:
        stopping.set()
        server.server_close()


if __name__ == "__main__":
    main()
