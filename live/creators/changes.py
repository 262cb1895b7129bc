"""Telling creators of rates, prices, limits and retired gifts before they count, by notice, and by mail if wanted.

The worker compares the announced rows with the announcements so far, and tells creators in batches.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from live.models import ChangeAnnouncement, Creator, GiftOffer, GiftPrice, LiveTerms
from payouts.models import DiamondRate, PayoutTerms
from payouts.money import usd, usd_exact, whole
from people.mail.choices import Recipient, recipients_among, stopping_address
from people.mail.mails import wrapped
from people.mail.outbox import Letter, post_letters
from people.notices import Kind, already_told, notify_each

CREATORS_A_BATCH = 500
BATCHES_A_ROUND = 20
# An operator may add several prices or ends of one moment one after the other: they are one change.
SETTLED_AFTER = timedelta(minutes=5)
NAMED_GIFTS = 3
MOST_LETTERS = 380
MAILS_FOR = timedelta(days=3)
OfGift = TypeVar("OfGift", GiftPrice, GiftOffer)


class Change(NamedTuple):
    """An announced change: the key of its announcement, its moment, and the sentence for creators."""

    key: str
    starts_at: datetime
    text: str


def tell_creators(now: datetime | None = None) -> int:
    """Tell creators of announced changes, BATCHES_A_ROUND batches at most; return how many were told.

    Each batch is safe to repeat, and workers share the announcements.
    """
    now = now or timezone.now()
    _keep_announcements(now)
    told = 0
    for _ in range(BATCHES_A_ROUND):
        batch = _tell_a_batch(now)
        if batch is None:
            break
        told += batch
    return told


def announced_changes(now: datetime) -> list[Change]:
    """Return the changes that count later. Five queries, and one for each rate that changes."""
    return [*_diamond_rates(now), *_payout_terms(now), *_live_terms(now), *_gift_prices(now), *_gift_offers(now)]


def _diamond_rates(now: datetime) -> Iterator[Change]:
    for row in DiamondRate.objects.filter(starts_at__gt=now):
        words = f"a diamond is worth {usd_exact(row.micros)}, now {usd_exact(DiamondRate.objects.at(now).micros)}"
        yield Change(f"diamond rate {row.pk}", row.starts_at, _sentence(row.starts_at, words, row.reason_given))


def _payout_terms(now: datetime) -> Iterator[Change]:
    for row in PayoutTerms.objects.filter(starts_at__gt=now):
        words = f"a withdrawal is at least {usd(row.minimum_cents)}, and {usd(row.weekly_cents)} a week at most"
        yield Change(f"payout terms {row.pk}", row.starts_at, _sentence(row.starts_at, words, row.reason_given))


def _live_terms(now: datetime) -> Iterator[Change]:
    for row in LiveTerms.objects.filter(starts_at__gt=now):
        words = f"a live can get gifts from {whole(row.followers_needed)} followers on, of "
        words += f"{whole(row.largest_gift_coins)} coins at most"
        yield Change(f"live terms {row.pk}", row.starts_at, _sentence(row.starts_at, words, row.reason_given))


def _gift_prices(now: datetime) -> Iterator[Change]:
    """Yield one change for the gifts that have a new price from one moment on."""
    prices = GiftPrice.objects.filter(starts_at__gt=now).select_related("gift")
    for key, group in _by_moment(prices, now):
        named = _names([f"{row.gift.name} {whole(row.coins)} coin{'' if row.coins == 1 else 's'}" for row in group])
        yield _change_of(f"gift prices {key}", group, f"gifts have new prices: {named}")


def _gift_offers(now: datetime) -> Iterator[Change]:
    """Yield one change for the gifts that leave the catalog at one moment. A gift comes back at once, never later."""
    ends = GiftOffer.objects.filter(starts_at__gt=now, is_offered=False).select_related("gift")
    for key, group in _by_moment(ends, now):
        names = _names([row.gift.name for row in group])
        yield _change_of(f"gift ends {key}", group, f"viewers can no longer send {names}")


def _by_moment(rows: QuerySet[OfGift], now: datetime) -> Iterator[tuple[str, list[OfGift]]]:
    """Yield (key, rows) of each moment, the rows in the order of the tray.

    A row that was added more than SETTLED_AFTER later begins another group. So a group that is yielded never grows, and
    its key, which is that of its first row, stays.
    """
    for _, of_moment in groupby(rows.order_by("starts_at", "created_at", "id"), key=lambda row: row.starts_at):
        groups: list[list[OfGift]] = []
        for row in of_moment:
            if groups and row.created_at - groups[-1][-1].created_at <= SETTLED_AFTER:
                groups[-1].append(row)
            else:
                groups.append([row])
        for group in groups:
            if group[-1].created_at < now - SETTLED_AFTER:
                yield str(group[0].pk), sorted(group, key=lambda row: (row.gift.order, row.gift_id))


def _change_of(key: str, group: list[OfGift], words: str) -> Change:
    starts_at = group[0].starts_at
    return Change(key, starts_at, _sentence(starts_at, words, group[0].reason_given))


def _names(names: list[str]) -> str:
    more = f" and {len(names) - NAMED_GIFTS} more" if len(names) > NAMED_GIFTS else ""
    return ", ".join(names[:NAMED_GIFTS]) + more


def _sentence(starts_at: datetime, words: str, reason: str) -> str:
    moment = starts_at.astimezone(UTC)
    sentence = f"From {moment.day} {moment:%b %Y, %H:%M} UTC {words}."
    return Truncator(f"{sentence} {reason}".strip()).chars(MOST_LETTERS)


@transaction.atomic
def _keep_announcements(now: datetime) -> None:
    """Add an announcement for each new change, and call off those whose rows are gone."""
    changes = {change.key: change for change in announced_changes(now)}
    known = set(ChangeAnnouncement.objects.filter(pk__in=changes).values_list("pk", flat=True))
    new = [ChangeAnnouncement(**changes[key]._asdict(), batch_at=now) for key in changes if key not in known]
    ChangeAnnouncement.objects.bulk_create(new, ignore_conflicts=True)
    gone = ChangeAnnouncement.objects.filter(starts_at__gt=now, is_called_off=False).exclude(pk__in=changes)
    gone.update(is_called_off=True, told_upto=0, told=0, batch_at=now, finished_at=None)


@transaction.atomic
def _tell_a_batch(now: datetime) -> int | None:
    """Tell the next creators of the change that has waited longest; return how many, or None if nothing is to do."""
    waiting = ChangeAnnouncement.objects.filter(finished_at=None).order_by("batch_at")
    change = waiting.select_for_update(skip_locked=True).first()
    if change is None:
        return None
    creators = Creator.objects.filter(pk__gt=change.told_upto, user__is_active=True).order_by("pk")
    people = list(creators.values_list("pk", flat=True)[:CREATORS_A_BATCH]) if change.starts_at > now else []
    audience = already_told(people, _once(change, is_called_off=False)) if change.is_called_off else set(people)
    fresh = sorted(audience - already_told(people, _once(change, is_called_off=change.is_called_off)))
    _tell(change, fresh, now)
    change.told += len(fresh)
    change.told_upto = people[-1] if people else change.told_upto
    change.batch_at = now
    change.finished_at = now if len(people) < CREATORS_A_BATCH else None
    change.save()
    return len(fresh)


def _once(change: ChangeAnnouncement, *, is_called_off: bool) -> str:
    return f"{change.pk} off" if is_called_off else change.pk


def _tell(change: ChangeAnnouncement, people: list[int], now: datetime) -> None:
    """Write the notices and mails of one batch."""
    page, once = f"{reverse('economy')}#history", _once(change, is_called_off=change.is_called_off)
    text = f"Called off: {change.text}" if change.is_called_off else change.text
    notify_each(people, text, page, now=now, kind=Kind.MONEY, once=once)
    letters = [_letter(change, text, page, recipient) for recipient in recipients_among(people, "changes")]
    post_letters(letters, about=once, until=min(change.starts_at, now + MAILS_FOR), now=now)


def _letter(change: ChangeAnnouncement, text: str, page: str, recipient: Recipient) -> Letter:
    stop = stopping_address(recipient.id, "changes")
    link = settings.SITE_URL and settings.SITE_URL + page
    about = {"text": text, "name": recipient.name, "link": link, "stop": stop}
    words = wrapped(render_to_string("live/mail/change_announced.txt", about))
    moment = change.starts_at.astimezone(UTC)
    what = "A change is called off" if change.is_called_off else "A change"
    return Letter(recipient.address, f"{what}: {moment.day} {moment:%b %Y}", words, stop)
