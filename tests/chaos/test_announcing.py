"""Workers that are killed while they tell followers of a live, on PostgreSQL: nobody is left out or told twice."""

import email
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db.models import Count
from django.utils import timezone

from live.models import Follow, LiveAnnouncement
from people.mail.mailbox import BETWEEN_MAILS
from people.mail.outbox import CLAIM, send_bulk_mails
from people.models import MailChoices, Notice, OutgoingMail
from tests.chaos.workers import at_work, wait_until
from tests.factories import make_creator, make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

FOLLOWERS, WANT_MAILS = 12_000, 300
KILLS = int(os.environ.get("KILLS", "3"))


def mails_in(folder):
    for file in Path(folder).glob("*.log"):
        for raw in file.read_bytes().split(BETWEEN_MAILS):
            if raw.strip():
                yield email.message_from_bytes(raw)


def test_killed_workers_leave_nobody_out_and_tell_nobody_twice(tmp_path):
    cleo = make_creator(followers=FOLLOWERS)
    wanted = list(Follow.objects.order_by("?").values_list("follower", flat=True)[:WANT_MAILS])
    MailChoices.objects.bulk_create(MailChoices(pk=pk, lives=True) for pk in wanted)
    make_session(cleo)
    told = Notice.objects.filter(kind="live")

    with at_work(2, EMAIL_URL=f"filemail:///{tmp_path}") as workers:
        for kill in range(KILLS):
            wait_until(lambda kill=kill: told.count() > kill * FOLLOWERS // (2 * KILLS), seconds=60)
            workers.kill_one()
        wait_until(lambda: not LiveAnnouncement.objects.filter(finished_at=None).exists(), seconds=60)
        wait_until(lambda: not OutgoingMail.objects.filter(attempts=0).exists(), seconds=60)
    # A mail that a killed worker had claimed is sent after its lease.
    send_bulk_mails(timezone.now() + CLAIM + timedelta(seconds=1))

    assert told.count() == FOLLOWERS
    assert not told.values("user").annotate(times=Count("pk")).filter(times__gt=1).exists()
    assert LiveAnnouncement.objects.get().told == FOLLOWERS
    sent = Counter(letter["Message-ID"] for letter in mails_in(tmp_path))
    sent.update(letter.extra_headers["Message-ID"] for letter in mail.outbox)
    # The outbox repeats a mail, by the same Message-ID, only where a kill fell between sending and deleting its row.
    assert len(sent) == WANT_MAILS
    assert sum(sent.values()) <= WANT_MAILS + KILLS
