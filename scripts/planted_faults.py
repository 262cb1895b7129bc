"""Plant faults that would cost money, one at a time in a copy of the tree, and show that tests fail.

    .venv/bin/python scripts/planted_faults.py            all of them
    .venv/bin/python scripts/planted_faults.py owner      those whose name has the word

Each fault replaces one piece of source; the tests named beside it must then fail. Ends with 1 if a fault goes
unnoticed, or if a piece of source isn't there any more.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "staticfiles", "__pycache__", ".pytest_cache", "test-results")


class Fault(NamedTuple):
    """A fault: in `file`, `source` becomes `planted`. `tests` must fail, on PostgreSQL if `postgres`."""

    name: str
    file: str
    source: str
    planted: str
    tests: str
    postgres: bool = False


FAULTS = [
    Fault(
        "no conditional update: a debit below zero is left to the CHECK",
        "wallet/ledger.py",
        "WHERE name = %(debit)s AND balance >= %(amount)s AND ",
        "WHERE name = %(debit)s AND ",
        "tests/wallet/test_ledger.py tests/races/test_tapping_at_once.py",
        postgres=True,
    ),
    Fault(
        "no unique key: equal posts that race are both written",
        "wallet/migrations/0001_initial.py",
        'fields=("reference", "reason")',
        'fields=("id", "reference", "reason")',
        "tests/races tests/wallet/test_ledger.py",
        postgres=True,
    ),
    Fault(
        "settle twice: the end of a live doesn't look whether it has ended",
        "live/sessions/sessions.py",
        "    if not session.is_live:\n        return session.settlement\n",
        "",
        "tests/live/sessions/test_sessions.py tests/races/test_tapping_at_once.py",
    ),
    Fault(
        "rounding up: a fraction of a cent becomes a cent",
        "payouts/worth.py",
        "return diamonds_to_micros(diamonds, micros) // MICROS_PER_CENT",
        "return -(-diamonds_to_micros(diamonds, micros) // MICROS_PER_CENT)",
        "tests/payouts/test_worth.py",
    ),
    Fault(
        "a missing owner filter: anybody opens anybody's recharge",
        "wallet/views.py",
        "get_object_or_404(request.user.recharges, pk=recharge_id)",
        "get_object_or_404(request.user.recharges.model, pk=recharge_id)",
        "tests/wallet/test_checkout.py tests/test_every_url.py",
    ),
    Fault(
        "a missing owner filter: anybody ends anybody's live",
        "live/views/studio_live.py",
        "pk=session_id, creator=request.user.pk",
        "pk=session_id",
        "tests/live/studio/test_running.py tests/test_every_url.py",
    ),
    Fault(
        "a missing owner filter: anybody confirms anybody's quote",
        "payouts/views/withdrawing.py",
        'get_object_or_404(_own_quotes(request), pk=form.cleaned_data["quote"])',
        'get_object_or_404(request.user.quotes.model, pk=form.cleaned_data["quote"])',
        "tests/payouts",
    ),
    Fault(
        "no lock at the end of a live: a tap on its way is left out of the settlement",
        "live/sessions/sessions.py",
        'LiveSession.objects.select_for_update(of=("self",))',
        "LiveSession.objects",
        "tests/races/test_tapping_at_once.py",
        postgres=True,
    ),
    Fault(
        "no trigger: a tap that was checked before the end is written after it",
        "live/migrations/0002_promises_and_start.py",
        "        tap_only_while_live(),\n",
        "",
        "tests/races/test_tapping_at_once.py tests/live/gifts/test_gifts.py",
        postgres=True,
    ),
    Fault(
        "own limits: what was given today isn't added up",
        "live/triggers.py",
        "own.daily_coins < ({given_today})",
        "own.daily_coins < 0",
        "tests/live/gifts/limits/test_limits.py",
    ),
    Fault(
        "the price isn't compared: a tap is charged what the form says",
        "live/gifts/taps.py",
        "AND %(price)s = (SELECT price.coins",
        "AND 0 < (SELECT price.coins",
        "tests/live/gifts/test_gifts.py",
    ),
    Fault(
        "places follow ids: taps that become visible late get none",
        "live/feed/placing.py",
        "AND (SELECT place FROM live_tapplace WHERE tap_id = tap.id) IS NULL",
        "AND tap.id > COALESCE((SELECT MAX(tap_id) FROM live_tapplace WHERE session_id = {session}), 0)",
        "tests/live/feed/test_feed.py",
        postgres=True,
    ),
    Fault(
        "the week isn't counted: the maximum is checked against nothing",
        "payouts/withdrawals/allowance.py",
        "return max(0, self.limit_cents - self.used_cents)",
        "return self.limit_cents",
        "tests/payouts",
    ),
    Fault(
        "given back twice: a withdrawal that failed may fail again",
        "payouts/withdrawals/transitions.py",
        "    FAILED: {Answer.PENDING: STAYS, Answer.PAID: PERSON, Answer.FAILED: STAYS, Answer.RETURNED: STAYS},",
        "    FAILED: {Answer.PENDING: STAYS, Answer.PAID: PERSON, Answer.FAILED: STAYS, Answer.RETURNED: RETURNED},",
        "tests/payouts",
    ),
    Fault(
        "a signature that nobody looks at: forged payments credit coins",
        "wallet/gateways/sandbox.py",
        'if not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), _signature(stamp, body).encode()):',
        "if SIGNATURE not in headers:",
        "tests/wallet/test_gateways.py tests/wallet/test_callbacks.py",
    ),
    Fault(
        "resent for ever: an unanswered withdrawal is sent again when the provider has forgotten its id",
        "payouts/models/due.py",
        "self.filter(Q(first_sent_at=None) | Q(first_sent_at__gt=now - RESEND_WITHIN))",
        "self.all()",
        "tests/payouts/withdrawals",
    ),
    Fault(
        "no answer taken for a no: what timed out is given back",
        "payouts/withdrawals/sending.py",
        "        answer = PayoutAnswer(Answer.UNKNOWN, why=f",
        "        answer = PayoutAnswer(Answer.FAILED, why=f",
        "tests/payouts",
    ),
    Fault(
        "two workers, one withdrawal: nobody skips what another one holds",
        "payouts/withdrawals/sending.py",
        '        rows.update(taken_at=now, first_sent_at=Coalesce("first_sent_at", now))',
        '        rows.update(first_sent_at=Coalesce("first_sent_at", now))',
        "tests/races/test_withdrawing_at_once.py tests/payouts/withdrawals",
        postgres=True,
    ),
    Fault(
        "a new payout account is used at once",
        "payouts/models/accounts.py",
        "self.removed_at is None and self.usable_at <= (now or timezone.now())",
        "self.removed_at is None",
        "tests/payouts",
    ),
    Fault(
        "a stolen cookie is enough to withdraw",
        "people/signing_in/recently.py",
        '            if request.method != "POST" or signed_in_recently(request):',
        "            if True:",
        "tests/payouts",
    ),
    Fault(
        "one operator is two: an approval counts whoever has given it before",
        "payouts/withdrawals/approvals.py",
        "        if approval.by_id == by.pk:",
        "        if False:",
        "tests/payouts/withdrawals/test_approvals.py",
    ),
    Fault(
        "a signature of PayPal's that nobody looks at",
        "payouts/gateways/paypal/events.py",
        "        key.verify(",
        "        (lambda *_: None)(",
        "tests/payouts/paypal/test_signatures.py",
    ),
    Fault(
        "a missing owner: receipts are shown to anybody",
        "live/views/statements.py",
        "    withdrawals = request.user.withdrawals.select_related",
        "    from payouts.models import Withdrawal\n\n    withdrawals = Withdrawal.objects.select_related",
        "tests/live/statements/test_pages.py tests/test_every_url.py",
    ),
]


def plant(fault, room):
    """Copy the tree into the directory with the fault in it."""
    shutil.copytree(ROOT, room, ignore=LEFT_OUT)
    file = room / fault.file
    text = file.read_text()
    if fault.source not in text:
        raise LookupError(f"{fault.file} no longer holds: {fault.source.strip()}")
    file.write_text(text.replace(fault.source, fault.planted))


def is_noticed(fault):
    """Return whether a test fails with the fault planted; raise if the tests couldn't run at all."""
    with tempfile.TemporaryDirectory() as temporary:
        room = Path(temporary) / "ovation"
        plant(fault, room)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TEST_DATABASE")}
        if fault.postgres:
            environment["TEST_DATABASE"] = "postgres"
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *fault.tests.split()]
        done = subprocess.run(command, cwd=room, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"the tests didn't run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED tests", "ERROR tests"))]
    print(f"    {failed[0][:150]}" if failed else "    nothing failed", flush=True)
    return done.returncode == 1


def main(word=""):
    unnoticed = []
    for fault in FAULTS:
        if word not in fault.name:
            continue
        print(fault.name, flush=True)
        if not is_noticed(fault):
            unnoticed.append(fault.name)
    print("\n".join(["Unnoticed:", *unnoticed]) if unnoticed else "Every planted fault was noticed.")
    return bool(unnoticed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
