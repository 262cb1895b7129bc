"""After a live, in a browser: the picture to share, the summary and the supporters."""

import base64
import struct

import pytest
from playwright.sync_api import expect

from live.sessions.sessions import end_session
from tests.e2e.rooms import PHONE, eventually
from tests.e2e.visitors import sign_in
from tests.factories import make_creator, make_session, make_user, tap

LONG = "Ночь 🎻👩‍👩‍👧‍👦 " + "Donaudampfschifffahrtsgesellschaftskapitänsmütze"
# Colours of the picture where its words and its act stand, and how many of the words' pixels are as light as ink.
SEEN = """async (image) => {
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const paint = canvas.getContext("2d");
  paint.drawImage(image, 0, 0);
  const pixels = (...box) => new Uint32Array(paint.getImageData(...box).data.buffer);
  return {
    size: [width, height],
    ink: pixels(72, 110, 620, 480).filter((one) => one === 0xfff1f8ff).length,
    colours: new Set(pixels(806, 172, 260, 400)).size,
    edge: pixels(700, 100, 20, 420).filter((one) => one === 0xfff1f8ff).length,
    // Where a title of one line begins, read from the left or from the right.
    begins: [72, 632].map((side) => pixels(side, 130, 60, 70).some((one) => one === 0xfff1f8ff)),
  };
}"""
# A phone has a sheet of its own to share with; Chromium on a desktop may have none.
SHARES = """Object.assign(navigator, {
  canShare: ({ files }) => files.every((file) => file.type === "image/png"),
  share: async ({ files: [file], text }) => { window.shared = [file.name, file.size, text]; },
})"""


@pytest.fixture
def ended(cleo, live, vera):
    """A live of Cleo's in which Vera gave by name, and Imani as Somebody."""
    imani = make_user("Imani", coins=100)
    for gift, quantity in (("panda", 12), ("clover", 1), ("encore", 1), ("spotlight", 1), ("drama-queen", 1)):
        tap(vera, live, gift_slug=gift, quantity=quantity)
    imani.is_somebody = True
    tap(imani, live)
    end_session(live, by="creator")
    return live


def image(live):
    return f"/live/{live.pk}/image/"


def drawn(page):
    """Wait for the picture; return its measured colours and its alternative text."""
    preview = page.locator("#share-image")
    expect(preview).to_be_visible()
    return preview.evaluate(SEEN), preview.get_attribute("alt")


def save(page):
    """Save the picture by the keyboard; return its name and its bytes."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Save picture").press("Enter")
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_picture_of_a_live_is_drawn_saved_and_its_creators_alone(desktop, cleo, ended, vera, look):
    sign_in(desktop, cleo.user)
    desktop.goto(f"/live/{ended.pk}/summary/")
    desktop.get_by_role("link", name="A picture to share").click()
    seen, alt = drawn(desktop)

    assert seen["size"] == [1200, 630]
    assert seen["ink"] > 5_000
    assert seen["colours"] > 1_000
    day = f"{ended.started_at.day} {ended.started_at:%B %Y}"
    first = f"“Friday strings” by Cleo, {day}: 17 gifts, 2 gifters, 17 in a single minute. Given most: Drama Queen ×1, "
    assert alt == first + "Spotlight ×1, Encore ×1, Panda ×13, Clover ×1."
    name, png = save(desktop)
    assert name == f"ovation-{ended.started_at:%Y-%m-%d}.png"
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
    assert desktop.locator("#share-image").get_attribute("src").endswith(base64.b64encode(png).decode())

    desktop.get_by_label("5,690 points").press("Space")
    expect(desktop.locator("#share-image")).to_have_attribute("alt", alt.replace("minute.", "minute, 5,690 points."))
    assert save(desktop)[1] != png
    look(desktop)
    sign_in(desktop, vera)
    assert desktop.goto(image(ended)).status == 404


def test_picture_holds_names_and_titles_of_any_script_and_length(phone, vera):
    titles = {
        "Ж" * 30: LONG + " " + LONG[:12],
        "فيروز ٣": "أغنيات المساء: كل ما تطلبونه، حتى آخر الليل",
        "永": "夜" * 80,
        "👩🏽‍🎤": "…",
    }
    phone.add_init_script(SHARES)
    for name, title in titles.items():
        creator = make_creator("Cleo")
        creator.name = name
        creator.save(update_fields=["name"])
        live = make_session(creator, title=title[:80])
        if name == "永":
            tap(vera, live)
        end_session(live, by="creator")
        sign_in(phone, creator.user)
        phone.goto(image(live))
        seen, alt = drawn(phone)
        assert seen["size"] == [1200, 630]
        assert seen["ink"] > 3_000
        # Each text stays within its column.
        assert seen["edge"] == 0
        assert alt.startswith(f"“{live.title}” by {name}, ")
        # A live without a gift says how long it was.
        assert ("1 gift, 1 gifter, 1 in a single minute. Given most: Panda ×1." in alt) == (name == "永")
        assert ("0 min live." in alt) == (name != "永")
    phone.get_by_label("Words").fill("Thank you all.")
    phone.get_by_role("button", name="Share with an app").click()
    eventually(lambda: phone.evaluate("'shared' in window"))
    shared = phone.evaluate("window.shared")
    assert (shared[0], shared[2]) == (f"ovation-{live.started_at:%Y-%m-%d}.png", "Thank you all.")
    assert shared[1] == len(save(phone)[1])


@pytest.mark.parametrize(("title", "sides"), [("Friday", [True, False]), ("أغنيات المساء", [False, True])])
def test_title_on_the_picture_begins_where_it_is_read_from(desktop, cleo, title, sides):
    live = make_session(cleo, title=title)
    end_session(live, by="creator")
    sign_in(desktop, cleo.user)
    desktop.goto(image(live))
    assert drawn(desktop)[0]["begins"] == sides


def test_what_was_and_who_was_there_is_read_found_and_sorted_by_keyboard(desktop, cleo, ended, vera, look):
    tap(vera, make_session(cleo, title="Second set"))
    tap(make_user("Élodie", coins=5), cleo.sessions.get(ended_at=None))
    running = cleo.sessions.get(ended_at=None)
    for path in (f"/live/{running.pk}/share/", f"/live/{ended.pk}/share/", f"/@{cleo.handle}/supporters/"):
        desktop.goto(path)
        look(desktop)
    sign_in(desktop, cleo.user)
    for path in ("/live/studio/history/", f"/live/{ended.pk}/summary/", "/live/studio/supporters/"):
        desktop.goto(path)
        look(desktop)

    desktop.get_by_label("Name").fill("éLOD")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", name="1 person like “éLOD”")).to_be_visible()
    desktop.goto("/live/studio/supporters/")
    desktop.get_by_role("link", name="Here last").press("Enter")
    expect(desktop.locator(".row strong").first).to_have_text("Élodie")


def test_without_javascript_words_and_link_stay_and_lists_are_found_and_sorted(open_page, cleo, ended):
    page = open_page(**PHONE, java_script_enabled=False)
    sign_in(page, cleo.user)
    page.goto(image(ended))
    expect(page.get_by_text("The picture needs JavaScript.")).to_be_visible()
    page_url = page.locator("#page-url").text_content()
    assert page_url.endswith(f"/@{cleo.handle}/")
    words = f"17 gifts in “Friday strings”. Thank you for being there. {page_url}"
    expect(page.get_by_label("Words")).to_have_value(words)
    for gone in ("Save picture", "Share with an app", "Copy", "5,690 points"):
        expect(page.locator("main").get_by_text(gone, exact=True).first).to_be_hidden()
    page.goto("/live/studio/supporters/")
    page.get_by_label("Name").fill("VER")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="1 person like “VER”")).to_be_visible()
    page.goto("/live/studio/history/")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("cell", name="5,690")).to_be_visible()
    page.goto(f"/live/{ended.pk}/share/")
    expect(page.get_by_text("This live has ended.")).to_be_visible()
