"""One long word in every text, on every page: no page scrolls sideways, and controls stay reachable."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from live.models import Comment, Creator, Gift, GiftPrice, LiveSession, LiveTerms, MutedWord, Overlay
from payouts.models import DiamondRate, PayoutAccount, PayoutService, PayoutTerms, Withdrawal
from people.models import Notice, User
from tests.e2e.visitors import sign_in
from tests.test_every_url import every_route, fill_in, group_of, make_people, read_table
from wallet.models import AgeTerms, CoinRate

# A pasted address, and the widest letter, which offers no line break.
WORD = "https://www.youtube.com/watch?v=" + "W" * 400
SIZES = [(320, 568), (390, 844), (1280, 860)]

# Return elements that scroll sideways, and controls cut off by the window or by an ancestor that hides
# overflow. A control inside a scrolling element is reachable if the element is. Repeat with parts open.
OUT_OF_REACH = """async () => {
  const root = document.scrollingElement, wrong = new Map();
  const named = (one) => one.cloneNode().outerHTML.slice(0, 90) + one.textContent.trim().slice(0, 20);
  const isOutside = (box, frame) => ({
    X: box.left < frame.left - 2 || box.right > frame.right + 2,
    Y: box.top < frame.top - 2 || box.bottom > frame.bottom + 2,
  });
  const cutOff = (control) => {
    let box = control.getBoundingClientRect();
    for (let one = control.parentElement; one && one !== document.body; one = one.parentElement) {
      if (one.matches(":popover-open, :modal")) break;
      const style = getComputedStyle(one), frame = one.getBoundingClientRect(), outside = isOutside(box, frame);
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) box = frame;
      else if (["X", "Y"].some((axis) => outside[axis] && /hidden|clip/.test(style[`overflow${axis}`]))) return one;
    }
    return isOutside(box, { left: 0, right: root.clientWidth }).X ? root : null;
  };
  const note = (where, what) => wrong.set(what, wrong.get(what) ?? where);
  const look = (where) => {
    if (root.scrollWidth > root.clientWidth) note(where, `scrolls to ${root.scrollWidth}`);
    for (const control of document.querySelectorAll("button, .button, input, select, textarea, summary")) {
      const box = control.getBoundingClientRect();
      const isSeen = box.width > 2 && control.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (!isSeen || control.closest(".skip, .hush")) continue;
      const edge = cutOff(control);
      if (edge) note(where, `${named(control)} is cut off by ${edge.cloneNode().outerHTML.slice(0, 60)}`);
    }
  };
  if (!document.styleSheets.length) return []; // a part of a page, which another page asks for
  look("");
  for (const part of document.querySelectorAll("details:not([open])")) {
    part.open = true;
    look(` with ${named(part.querySelector("summary"))} open`);
    part.open = false;
  }
  for (const part of document.querySelectorAll("[popover]")) {
    part.showPopover();
    look(` with ${part.id} open`);
    part.hidePopover();
  }
  return [...wrong].map(([what, where]) => what + where);
}"""


@pytest.fixture
def world(live_url):
    """Make the rows that the addresses name, with the longest word in each text."""
    for number, gift in enumerate(Gift.objects.all()):
        Gift.objects.filter(pk=gift.pk).update(name=WORD[:40] if number % 2 else "W" * 40)
    clients, values = make_people()
    write_long_words(Creator.objects.get(handle=values["handle"]))
    return clients, values


def write_long_words(cleo):
    for user in User.objects.exclude(name="Fan"):
        email = f"{'w' * 50}{user.pk}@example.com"
        User.objects.filter(pk=user.pk).update(name="W" * 30, email=email)
        EmailAddress.objects.filter(user=user).update(email=email)
        Notice.objects.create(user=user, text=WORD[:400], url="/live/")
    Creator.objects.update(name="W" * 30, bio=WORD[:200])
    LiveSession.objects.update(title=WORD[:80], goal_kind="points", goal=100_000_000)
    Comment.objects.update(text=WORD[:200])
    MutedWord.objects.create(creator=cleo, word="w" * 40)
    Overlay.objects.update(text="W" * 80)
    PayoutService.objects.update(name="W" * 40, fee_note=WORD[:120])
    PayoutAccount.objects.update(receiver=f"{'w' * 240}@example.com")
    Withdrawal.objects.update(provider_reference="W" * 80, trouble=WORD[:200], attention_why=WORD[:200])
    for model in (GiftPrice, AgeTerms, CoinRate, DiamondRate, PayoutTerms, LiveTerms):
        announce_again(model.objects.first())


def announce_again(row):
    """Announce a dated row once more, for the longest reason."""
    row.pk, row.starts_at, row.reason_given = None, timezone.now() + timedelta(days=3), WORD[:200]
    row.save()


def pages_of(group, roles):
    """Yield (route, role) of each page of a group: those that the table lets a role see."""
    table = read_table()
    for route in dict.fromkeys(every_route()):
        row = table.get((route, "GET"), {})
        if group_of(route) == group:
            yield from ((route, role) for role in roles if row.get(role) == "200")


NO_PAGE = ("events/", "feed/", "jsi18n/", "export/", "csv/", "autocomplete/", "healthz", "readyz", "here/")
# Chromium shows XML with a style of its own, which the policy forbids.
NO_PAGE += ("sitemap.xml", "sitemap/<slug:section>/")


@pytest.mark.parametrize(
    ("group", "roles"), [("product", ["cleo", "vera", "nobody"]), ("accounts", ["cleo", "nobody"]), ("admin", ["otto"])]
)
def test_long_words_push_nothing_out_of_reach(world, desktop, group, roles):
    clients, values = world
    wrong = []
    for role in roles:
        desktop.context.clear_cookies()
        if role != "nobody":
            sign_in(desktop, User.objects.get(pk=clients[role].session["_auth_user_id"]), ago=1)
        for route, _ in pages_of(group, [role]):
            if route.endswith(NO_PAGE):
                continue
            desktop.goto(fill_in(route, values), wait_until="domcontentloaded")
            for width, height in SIZES:
                desktop.set_viewport_size({"width": width, "height": height})
                found = desktop.evaluate(OUT_OF_REACH)
                wrong += [f"{route} as {role} at {width}: {what}" for what in found]
    assert wrong == [], "\n" + "\n".join(wrong)
