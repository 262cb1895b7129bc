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


def line(page):
    return page.locator("#overlay .line")


def said(page):
    return page.evaluate("window.said")
