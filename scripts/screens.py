"""The pages of docs/screens.md, and what is done on each before its picture is taken."""

from datetime import date, timedelta
from itertools import product


def at(address, do=None):
    """Return a function that opens an address, waits until it is quiet, and does what is left."""

    def look_at(page):
        page.goto(address)
        page.wait_for_load_state("load")
        page.wait_for_timeout(600)
        if do:
            do(page)
            page.wait_for_timeout(600)

    return look_at


def into_cleos_room(page):
    page.locator("[data-live-session]", has_text="Cleo").first.click()
    page.locator("[data-tap]").first.wait_for()


def give_pandas(page):
    into_cleos_room(page)
    opener = page.get_by_role("button", name="Send a gift", exact=True)
    if opener.is_visible():
        opener.click()
    for _ in range(4):
        page.locator('.offer[data-gift="panda"] summary').click()
    page.locator("#lanes .lane", has_text="×3").first.wait_for(state="attached")


def choose_order(page):
    page.locator("input[name=package]").nth(1).check(force=True)
    page.locator("input[name=method]").first.check(force=True)
    page.get_by_role("heading", level=1).scroll_into_view_if_needed()


def open_first_live(page):
    page.locator("main details summary").first.click()


def await_activity(page):
    page.locator("#activity .row").first.wait_for()
    page.wait_for_timeout(2_000)


def read_comments(page):
    await_activity(page)
    part = page.locator("label", has=page.locator("#part-talk"))
    if part.is_visible():
        part.click()


def open_last_summary(page):
    page.locator("main .row").first.click()
    page.wait_for_load_state("load")


def open_first_row(page):
    page.locator("main a.row").first.click()
    page.wait_for_load_state("load")


def follow_first(name):
    """Return a function that opens the first link with this name, and follows the money from its page."""

    def follow(page):
        page.get_by_role("link", name=name).first.click()
        page.get_by_role("link", name="Follow the money").click()
        page.get_by_role("heading", name="Follow the money").wait_for()

    return follow


def show_rate(page):
    page.locator("#id_micros").fill("0.0048")
    page.locator("#id_starts_at_0").fill(f"{date.today() + timedelta(days=7):%Y-%m-%d}")
    page.locator("#id_reason_given").fill("Card fees rose")
    page.get_by_role("button", name="Show what it does").click()
    page.locator("#what-it-does").wait_for()


# Name, person, address and what is done there.
SCREENS = [
    ("home", "vera", at("/")),
    ("live", "vera", at("/live/")),
    ("following", "vera", at("/following/")),
    ("search", "vera", at("/search/?q=cle")),
    ("creator", "vera", at("/@cleo/")),
    ("room", "vera", at("/live/", into_cleos_room)),
    ("tray", "vera", at("/live/", give_pandas)),
    ("profile", "vera", at("/me/")),
    ("picture", "vera", at("/me/edit/")),
    ("mails", "vera", at("/me/mails/")),
    ("notices", "vera", at("/notices/")),
    ("wallet", "vera", at("/wallet/")),
    ("recharge", "vera", at("/wallet/recharge/", choose_order)),
    ("history", "vera", at("/wallet/history/", open_first_live)),
    ("money", "vera", at("/wallet/history/", follow_first("Recharge by card"))),
    ("economy", "vera", at("/economy/#gifts")),
    ("rates", "vera", at("/economy/#history")),
    ("guide", "vera", at("/grow/")),
    ("help", "vera", at("/help/")),
    ("studio", "cleo", at("/live/studio/", await_activity)),
    ("studio-comments", "cleo", at("/live/studio/", read_comments)),
    ("page", "cleo", at("/live/studio/profile/")),
    ("overlay", "cleo", at("/live/studio/overlay/")),
    ("summary", "cleo", at("/live/studio/history/", open_last_summary)),
    ("payouts", "cleo", at("/payouts/")),
    ("paid", "cleo", at("/payouts/", follow_first("to PayPal"))),
    ("desk", "otto", at("/admin/")),
    ("desk-person", "otto", at("/admin/search/?q=cleo", open_first_row)),
    ("desk-rate", "otto", at("/admin/payouts/diamondrate/add/", show_rate)),
]


def screens():
    """Yield the name, person and page of each picture: phone and desktop, light and dark."""
    for (name, person, look_at), size, scheme in product(SCREENS, ("phone", "desktop"), ("", "-dark")):
        yield f"{name}-{size}{scheme}.webp", person, look_at
