"""Requests that lead to each function which may refuse, and the worlds in which they are sent."""

from io import BytesIO
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import resolve_url
from django.test.client import encode_multipart
from PIL import Image

from live.comments.comments import write_comment
from live.models import Gift
from live.overlay.overlays import make_overlay
from live.sessions.sessions import end_session
from payouts.withdrawals.withdrawals import quote
from tests.factories import make_creator, make_payout_account, make_recharge, make_session, make_user, tap
from tests.operator import make_operator
from tests.payouts.earning import make_earner, withdraw
from wallet.gateways.sandbox import gateway

# --- Worlds in which a view is called -------------------------------------------------------------


def open_room():
    return make_session(make_creator(followers=1_000)), make_user("Vera", coins=100)


def closed_room():
    return make_session(make_creator(followers=987)), make_user("Vera", coins=100)


def own_room():
    live, _ = open_room()
    return live, live.creator.user


def own_closed_room():
    live, _ = closed_room()
    return live, live.creator.user


def room_without_gifts():
    live, vera = open_room()
    Gift.objects.update(retired_at=live.started_at)
    return live, vera


def room_that_ended():
    live, vera = open_room()
    tap(vera, live)
    end_session(live, by="cleo")
    return live, vera


# The room without gifts is last: it takes them from the others as well.
ROOMS = [open_room, closed_room, own_room, own_closed_room, room_that_ended, room_without_gifts]


# --- Requests that lead to each of the functions ----------------------------------------------------
# Each returns a person and a request: method, address, fields.


def press(room):
    live, person = room()
    fields = {"gift": "panda", "quantity": 1, "price": 5, "tap_id": uuid4()}
    return person, "post", resolve_url("tap", live.pk), fields


def ask_for_coins(room):
    live, person = room()
    if room is room_without_gifts:
        Gift.objects.filter(slug="panda").update(retired_at=None)
    return person, "get", resolve_url("afford", live.pk), {"gift": "panda"}


def comment(room):
    live, person = room()
    return person, "post", resolve_url("comment", live.pk), {"text": "Bravo", "comment_id": uuid4()}


def comment_in_studio(room):
    live, _ = room()
    return live.creator.user, "post", resolve_url("studio-comment"), {"text": "Bravo", "comment_id": uuid4()}


def follow():
    return make_user(), "post", resolve_url("follow", make_creator(followers=0).handle), {}


def mute():
    live, vera = open_room()
    said = write_comment(author=vera, session_id=live.pk, comment_id=uuid4(), text="Bravo").comment
    return live.creator.user, "post", resolve_url("mute-author", said.comment_id), {}


def add_word():
    return make_creator(followers=0).user, "post", resolve_url("muted-words"), {"word": "spoiler"}


def send_test_to_overlay():
    creator = make_creator(followers=0)
    make_overlay(creator)
    return creator.user, "post", resolve_url("overlay-test"), {"gift": "panda"}


def set_variant():
    fields = {"from_coins": "1,000", "text": "{name} shines", "seconds": "8", "sound": "clap"}
    return make_creator(followers=0).user, "post", resolve_url("overlay-variant"), fields


def take_goal(room):
    live, _ = room()
    return live.creator.user, "post", resolve_url("next-goal", live.pk), {"reached": 1_000}


def send_test(room=open_room):
    live, _ = room()
    return live.creator.user, "post", resolve_url("test-gift", live.pk), {"gift": "panda"}


def become():
    return make_user(), "post", resolve_url("creator-profile"), {"handle": "vera", "name": "Vera", "bio": ""}


def edit():
    creator = make_creator(followers=0)
    return creator.user, "post", resolve_url("creator-profile"), {"name": "Cleo of Porto", "bio": ""}


def change(room):
    live, _ = room()
    return live.creator.user, "post", resolve_url("change-session", live.pk), {"title": "Another"}


def thank():
    live, _ = room_that_ended()
    return live.creator.user, "post", resolve_url("thanks", live.pk), {"to": "all", "words": "Thank you"}


def add_account():
    fields = {"provider": "paypal", "country": "PT", "receiver": "cleo@example.com"}
    return make_user(), "post", resolve_url("payout-accounts"), fields


def cancel():
    return _withdrawal("cancel")


def call_back(monkeypatch):
    monkeypatch.setattr("payouts.views.withdrawal.can_be_called_back", lambda withdrawal: True)
    return _withdrawal("cancel")


def _withdrawal(name):
    earner = make_earner(60_000)
    return earner, "post", resolve_url("withdrawal", withdraw(earner).pk) + "cancel/", {}


def ask_for_amount():
    earner = make_earner(60_000)
    fields = {"amount": "100.00", "account": make_payout_account(earner).pk}
    return earner, "post", resolve_url("withdraw"), fields


def confirm_quote():
    earner = make_earner(60_000)
    one = quote(creator=earner, account=make_payout_account(earner), cents=100_00)
    return earner, "post", resolve_url("withdraw") + "confirm/", {"quote": one.pk}


def start_recharge():
    fields = {"package": "coins-500", "method": "card", "recharge_id": uuid4()}
    return make_user(), "post", resolve_url("recharge-start"), fields


def declare():
    _, method, address, fields = start_recharge()
    return make_user(declared=False), method, address, {**fields, "of_age": "18"}


def decide():
    vera = make_user()
    return vera, "post", resolve_url("recharge", make_recharge(vera).pk), {"outcome": "pay"}


def call_back_of_provider():
    headers, body = gateway.decide(make_recharge(make_user()), "paid")
    extra = {"data": body, "content_type": "application/json", "headers": headers}
    return make_user(), "post", resolve_url("payment-callback", "sandbox"), extra


def post_picture(field):
    """Return the fields that post a picture. The body is made once: a file can be read only once, a body often."""
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    picture = SimpleUploadedFile("me.png", file.getvalue(), "image/png")
    body = encode_multipart("once", {field: picture})
    extra = {"data": body, "content_type": "multipart/form-data; boundary=once", "headers": {}}
    return extra


def send_picture():
    return make_user(), "post", resolve_url("picture-upload"), post_picture("picture")


def send_banner():
    return make_creator(followers=0).user, "post", resolve_url("banner-upload"), post_picture("banner")


def suspend():
    fields = {"reason": "Wrote threats.", "until": ""}
    return make_operator(), "post", resolve_url("admin:person-suspend", make_user().pk), fields


def see_picture():
    return make_user(), "get", resolve_url("picture", f"{'0' * 20}.webp"), {}


def see_art():
    return make_user(), "get", resolve_url("gift-art", f"{'0' * 20}.webp"), {}


def in_each(rooms, lead):
    return [lambda room=room: lead(room) for room in rooms]


# By the name of the function that refuses.
LEADS = {
    "add_muted_word": [add_word],
    "add_payout_account": [add_account],
    "become_creator": [become],
    "call_back_withdrawal": [call_back],
    "checkout_address": [start_recharge],
    "cancel_withdrawal": [cancel],
    "change_session": in_each([open_room, closed_room], change),
    "decide_in_sandbox": [decide],
    "declare_age": [declare],
    "edit_page": [edit],
    "follow": [follow],
    "mute_author": [mute],
    "quote": [ask_for_amount],
    "receive_message": [call_back_of_provider],
    "request_withdrawal": [confirm_quote],
    "save_variant": [set_variant],
    "send_test_gift": [send_test_to_overlay, *in_each([open_room, closed_room], send_test)],
    "read_art": [see_art],
    "read_picture": [see_picture],
    "set_banner": [send_banner],
    "set_picture": [send_picture],
    "start_recharge": [start_recharge],
    "suspend_person": [suspend],
    "take_next_goal": in_each([open_room, closed_room, room_that_ended], take_goal),
    "read_message": in_each(ROOMS, press),
    "tap_gift": in_each(ROOMS, press),
    "thank": [thank],
    "why_not_affordable": in_each(ROOMS, ask_for_coins),
    "write_comment": [*in_each(ROOMS, comment), *in_each([open_room, closed_room], comment_in_studio)],
}
