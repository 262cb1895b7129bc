"""The overlay as OBS opens it, and the lines of its alerts."""

OBS = {"width": 1920, "height": 1080}
# Writes down every line that an alert has said, each change once, and what it read at the end of its time.
LISTEN = """() => {
  window.said = [];
  new MutationObserver(() => {
    const alert = document.querySelector("#overlay .alert:not(.leaving)");
    const line = alert?.querySelector(".line").textContent.trim();
    if (line && line !== window.said.at(-1)) window.said.push(line);
  }).observe(document.getElementById("overlay"), { childList: true, subtree: true, attributes: true });
}"""
# Rows as the feed has them, handed to the page at once: [name, gift, quantity, price].
HAND_OVER = """(rows) => {
  for (const [name, gift, quantity, price] of rows) {
    const row = document.createElement("li");
    Object.assign(row.dataset, { combo: `${name}-${gift}`, quantity, coins: quantity * price });
    row.innerHTML = '<span><strong></strong><span></span></span><img src="/static/gifts/panda.svg">';
    row.querySelector("strong").textContent = name;
    row.querySelector("strong + span").textContent = `sent ${gift}`;
    document.dispatchEvent(new CustomEvent("overlay:row", { detail: { row } }));
  }
}"""


def line(page):
    return page.locator("#overlay .line")


def said(page):
    return page.evaluate("window.said")
