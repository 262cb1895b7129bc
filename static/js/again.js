// Elements that refresh themselves. An element with `data-again` (seconds) is fetched from its `data-from` while the
// page is visible. A form is posted instead, also while the page is hidden. One element has one request at a time.
// htmx's own polling isn't used: it reports each server that is away for a moment as an error of the page.
//
// Listens to again:now (an id: fetch it at once).
// Sends again:ask (on the element, may be prevented: then later) and again:answer (on it, before the swap).

const PAUSE_MS = 500;
const FIRST_MS = 1000;
const NOBODY_THERE_MS = 4000;
const PATIENCE_MS = 8000;
const TOKEN = "input[name=csrfmiddlewaretoken]";
const due = new Map();
const stale = new Set();
const asking = new Set();

const waiting = (ms) =>
  new Promise((done) => {
    setTimeout(done, ms);
  });
const tell = (element, name) => element.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true }));

async function refresh(id) {
  stale.add(id);
  if (asking.has(id)) return;
  asking.add(id);
  while (stale.delete(id)) {
    await ask(id);
    await waiting(PAUSE_MS);
  }
  asking.delete(id);
}

// A page that needs a new log-in isn't left while a comment is being typed. Sending it leads to the log-in.
function isTyping() {
  const field = document.activeElement;
  return field?.matches("input[name=text], textarea") && field.value !== "";
}

async function ask(id) {
  const element = document.getElementById(id);
  if (!element) return;
  // A listener prevents this while the pointer is over a button of the element. Try again later.
  if (!tell(element, "again:ask")) return void stale.add(id);
  const isForm = element.matches("form");
  const [address, more] = isForm
    ? [element.action, { method: "POST", body: new FormData(element) }]
    : [element.dataset.from, {}];
  try {
    const answer = await fetch(address, {
      ...more,
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const next = answer.headers.get("HX-Redirect");
    if (answer.status === 286) element.removeAttribute("data-again");
    else if (next && isTyping()) return;
    if (next) location.assign(next);
    else if (isForm && answer.status === 403) {
      await takeNewToken();
      due.set(id, performance.now() + NOBODY_THERE_MS);
    } else if (answer.status === 200) put(element.dataset.into ?? id, await answer.text());
  } catch {
    // The server is away: the element stays as it is, and the next request waits.
    due.set(id, performance.now() + NOBODY_THERE_MS);
  }
}

// A log-in in another tab changes the CSRF token, and this page stays open for hours. Scripts can't read the cookie, so
// the page is fetched once more, and its token goes into every form here.
async function takeNewToken() {
  const page = await fetch(location.href, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector(TOKEN)?.value;
  if (token) for (const field of document.querySelectorAll(TOKEN)) field.value = token;
}

function put(id, html) {
  const element = document.getElementById(id);
  if (!element) return;
  tell(element, "again:answer");
  window.htmx.swap(element, html, { swapStyle: "outerHTML" });
}

setInterval(() => {
  for (const element of document.querySelectorAll("[data-again]")) {
    const isForm = element.matches("form");
    const now = performance.now();
    const every = Number(element.dataset.again) * 1000;
    // A form tells the server that the creator is present, so its first request comes soon after the page opens.
    if (!due.has(element.id)) due.set(element.id, now + (isForm ? FIRST_MS : every));
    if (now < due.get(element.id) || (document.hidden && !isForm)) continue;
    due.set(element.id, now + every);
    refresh(element.id);
  }
}, PAUSE_MS);

document.addEventListener("again:now", ({ detail: id }) => refresh(id));
