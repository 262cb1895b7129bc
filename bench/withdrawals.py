"""Withdrawals paid per second by one worker and by four, against a provider that takes 50 ms for each answer.

The workers are the product's own (`manage.py worker`), in processes of their own; so is the provider's look-alike.
"""

import os
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from bench.sizes import SIZES
from bench.table import Row

A_WEEK = 10  # of $100 each: as many as one creator may ask for
ANSWER_SECONDS = 0.05
PATIENCE = 180


def measure(server_url, url):
    """Yield the rows: a worker alone, four, and four in terms of one."""
    port = _free_port()
    command = [sys.executable, "-m", "tests.payouts.paypal.server", "--port", str(port), "--delay", str(ANSWER_SECONDS)]
    provider = subprocess.Popen(command)
    try:
        _wait_until_it_answers(port)
        alone, four = (_paid_per_second(url, port, workers) for workers in (1, 4))
    finally:
        provider.terminate()
        provider.wait(10)
    yield Row("withdrawals/s, one worker, answers of 50 ms", alone)
    yield Row("withdrawals/s, four workers", four)
    yield Row("four workers / one", four / alone, at_least=3)


def _paid_per_second(url, port, workers):
    """Return withdrawals per second from the first step of a worker to the last; each is sent, then asked after."""
    from django.db.models import Max, Min

    from payouts.models import Withdrawal, WithdrawalStep

    mine = _request(SIZES.withdrawals)
    # Not due until every worker has started and finished its hourly work, which isn't measured.
    waiting = Withdrawal.objects.filter(pk__in=mine)
    waiting.update(taken_at=timezone.now() + timedelta(days=1))
    running = [_start_worker(url, port) for _ in range(workers)]
    time.sleep(SIZES.worker_start_seconds)
    waiting.update(taken_at=None)
    try:
        until = time.monotonic() + PATIENCE
        while Withdrawal.objects.filter(pk__in=mine, status__in=Withdrawal.OPEN).exists():
            if time.monotonic() > until:
                raise RuntimeError("the workers didn't pay every withdrawal in time")
            time.sleep(0.5)
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(20)
    steps = WithdrawalStep.objects.filter(withdrawal__in=mine).exclude(status=Withdrawal.Status.REQUESTED)
    times = steps.aggregate(first=Min("at"), last=Max("at"))
    return len(mine) / (times["last"] - times["first"]).total_seconds()


def _request(count):
    """Let creators with diamonds ask for so many withdrawals; return their ids."""
    from django.db import transaction

    from tests.payouts.earning import make_earner, withdraw

    settings.PAYOUT_PROVIDER = "paypal"
    ids = []
    while len(ids) < count:
        with transaction.atomic():
            creator = make_earner(200_000)
            ids += [withdraw(creator).pk for _ in range(A_WEEK)]
    return ids


def _start_worker(url, port):
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_POOL_SIZE": "2",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "EMAIL_URL": "dummymail://",
        "PAYOUT_PROVIDER": "paypal",
        "PAYPAL_API": f"http://127.0.0.1:{port}",
        "PAYPAL_CLIENT_ID": "look-alike",
        "PAYPAL_CLIENT_SECRET": "look-alike-secret",
        "PAYPAL_WEBHOOK_ID": "look-alike",
        "PAYOUT_ASK_SECONDS": "0.1",
        "WORKER_PAUSE_SECONDS": "0.05",
    }
    return subprocess.Popen([sys.executable, "manage.py", "worker"], env=environment, cwd=settings.BASE_DIR)


def _free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(port):
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/look-alike/totals", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the look-alike didn't answer within 10 s")
