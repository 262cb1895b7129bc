"""The stage under a flood of gifts, with reduced motion, and for screen readers."""

import re
from itertools import groupby

import pytest
from playwright.sync_api import expect

from tests.e2e.rooms import DESKTOP, PHONE, balance, choose, enter, eventually, points, tile
from tests.e2e.visitors import sign_in, stop_clock
from tests.factories import make_user, tap

# 25 gifts a second for three seconds, of ten people in turn, every seventh of them large: as the feed would bring them.
# It ends when all 75 were said, which takes longer on a busy machine.
FLOOD = """() => new Promise((done) => {
  const started = [], words = [];
  document.addEventListener("animationstart", ({ animationName: name, target }) => {
    const animation = target.getAnimations().find((one) => one.animationName === name);
    if (animation && target.closest(".lanes, .crossing")) started.push(animation.startTime);
  });
  const announcer = document.getElementById("announcer");
  let heard = 0;
  const hear = new MutationObserver(() => {
    words.push([performance.now(), announcer.textContent]);
    heard += parseInt(announcer.textContent);
    if (heard >= 75) done({ started, words });
  });
  hear.observe(announcer, { childList: true });
  const pattern = document.querySelector("#lanes .lane");
  let sent = 0;
  const timer = setInterval(() => {
    const row = pattern.cloneNode(true);
    const isLarge = sent % 7 === 0;
    const [gift, coins] = isLarge ? [9, 5000] : [1, 5];
    Object.assign(row.dataset, { tap: 1000 + sent, combo: `f${sent % 10}-${gift}`, quantity: 1, coins });
    row.querySelector("strong").textContent = `Fan ${sent % 10}`;
    const content = document.createDocumentFragment();
    content.append(row);
    document.dispatchEvent(new CustomEvent("feed:rows", { detail: content }));
    sent += 1;
    if (sent === 75) clearInterval(timer);
  }, 40);
  setTimeout(() => done({ started, words }), 60000);
})"""
HOW_LONG = "document.getAnimations().map((one) => one.effect.getComputedTiming().endTime)"


def beats_of(moments):
    """Group starts less than 300 ms apart: a busy browser starts the motions of one beat in several frames."""
    beats = []
    for moment in sorted(moments):
        if not beats or moment - beats[-1] > 300:
            beats.append(moment)
    return beats


@pytest.mark.alone
def test_flood_moves_three_times_a_second_at_most_and_is_summed_up_for_listeners(open_page, live):
    tap(make_user("Aiko", coins=100), live)
    page = open_page(**DESKTOP)
    enter(page, live)
    expect(page.locator("#lanes .lane")).to_have_count(1)
    seen = page.evaluate(FLOOD)
    beats = beats_of(seen["started"])
    assert len(beats) >= 4
    assert min(fourth - first for first, fourth in zip(beats, beats[3:], strict=False)) >= 1000, list(map(round, beats))
    assert page.locator("#lanes .lane").count() == 5
    summary = re.compile(r"(\d+) gifts, ([\d,]+) coins\. Fan \d sent Panda(?: ×\d)?, .+, and 7 more\.")
    assert summary.fullmatch(seen["words"][0][1]), seen["words"]
    sums = [re.findall(r"(\d+) gifts?, ([\d,]+) coins", words)[0] for _, words in seen["words"]]
    assert sum(int(gifts) for gifts, _ in sums) == 75
    assert sum(int(coins.replace(",", "")) for _, coins in sums) == 64 * 5 + 11 * 5_000
    assert all(later[0] - earlier[0] >= 3900 for earlier, later in zip(seen["words"], seen["words"][1:], strict=False))
    # Ten people were in line for the stage; each stands for four seconds.
    expect(page.locator(".moment .times")).to_have_count(1)


def test_large_gifts_take_the_stage_one_after_the_other_for_as_long_as_their_rank_says(open_page, live):
    page = open_page(**DESKTOP)
    enter(page, live)
    stop_clock(page)
    tap(make_user("Aiko", coins=10_000), live, gift_slug="drama-queen")
    tap(make_user("Noor", coins=10_000), live, gift_slug="supernova")
    seen = []

    def look_again():
        """Once every tenth of a second of the page's time, until both have come and gone."""
        captions = page.locator(".moment .caption p").all_text_contents()
        seen.extend([" ".join(words.split()) for words in captions] or [""])
        page.clock.run_for(100)
        return len({words for words in seen if words}) == 2 and not seen[-1]

    eventually(look_again)
    points(page, 15_000)
    stood = [(words, len(list(times))) for words, times in groupby(seen) if words]
    assert [words for words, _ in stood] == ["Aikosent Drama Queen", "Noorsent Supernova"]
    assert [round(times, -1) for _, times in stood] == [40, 50], stood


def test_combo_counts_on_its_button_while_its_ring_runs(open_page, live, vera):
    page = open_page(**PHONE)
    enter(page, live, vera)
    stop_clock(page)
    choose(page, "panda")
    offer = page.locator('.offer[data-gift="panda"]')
    button = offer.locator(".combo")
    for times in (1, 2, 3):
        tile(page, "panda").click()
        expect(button).to_have_text(f"×{times}")
        page.clock.run_for(3_900)
        expect(button).to_have_class(re.compile(r"\brunning\b"))
    page.clock.run_for(100)
    expect(button).to_have_text("Send")
    expect(button).not_to_have_class(re.compile(r"\brunning\b"))
    expect(offer.locator(".sum")).to_have_text("Panda · 5 coins · $0.05")


def test_large_gift_stands_still_with_the_same_words_where_motion_is_reduced(open_page, live):
    aiko = make_user("Aiko", coins=10_000)
    page = open_page(**DESKTOP, reduced_motion="reduce")
    enter(page, live)
    tap(aiko, live, gift_slug="drama-queen")
    tap(aiko, live, gift_slug="drama-queen")
    moment = page.locator(".moment")
    expect(moment).to_have_text("Aikosent Drama Queen×2")
    # Each animation ends with its first frame.
    assert max(page.evaluate(HOW_LONG), default=0) < 1
    expect(moment).to_have_count(0)


def test_name_and_followers_are_read_whole_on_a_phone_whether_one_follows_or_not(open_page, live):
    page = open_page(**{**PHONE, "width": 360})
    sign_in(page, make_user("Vera"))
    page.goto(f"/live/{live.pk}/")
    page.locator(".star strong").evaluate("(name) => { name.textContent = 'Cleo Marin'; }")
    for action in ("Follow", "Unfollow"):
        button = page.get_by_role("button", name=action, exact=True)
        expect(button).to_be_visible()
        assert (button.bounding_box()["width"], button.bounding_box()["height"]) == (44, 44)
        for line in page.locator(".star .who > *").all():
            assert line.evaluate("(line) => line.scrollWidth <= line.clientWidth"), line.text_content()
        button.click()


def test_taps_of_a_line_that_was_away_are_sent_when_it_is_back_and_other_tabs_count_them(open_page, live):
    vera = make_user("Vera", coins=1_000)
    page = open_page(**DESKTOP)
    enter(page, live, vera)
    other = page.context.new_page()
    other.goto(page.url)
    page.bring_to_front()
    choose(page, "panda")
    page.context.set_offline(True)
    for _ in range(3):
        tile(page, "panda").click()
    balance(page, 985)
    expect(
        page.get_by_role("status").filter(has_text="No answer yet. Your gift is kept and sent again")
    ).to_be_visible()
    expect(page.locator("#given")).to_have_text("0 coins · $0.00")
    page.context.set_offline(False)
    expect(page.locator("#given")).to_have_text("15 coins · $0.15")
    expect(page.get_by_text("No answer yet.")).to_be_hidden()
    points(page, 15)
    other.bring_to_front()
    expect(other.locator("#given")).to_have_text("15 coins · $0.15")
    expect(other.locator("#lanes .lane .times")).to_have_text("×3")
    points(other, 15)
