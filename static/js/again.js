// What a page asks for anew by itself: an element with `data-again` (seconds) from its `data-from`, while somebody looks;
// a form is posted instead, and always. `again:now` (an id) asks at once. Never two requests for one element at a time.
//
// Not htmx's own polling: that reports each server which is away for a moment as an error of the page.

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

// Who has to log in again isn't led away from what they type: sending it leads there.
function isTyping() {
  const field = document.activeElement;
  return field?.matches("input[name=text], textarea") && field.value !== "";
}

async function ask(id) {
  const element = document.getElementById(id);
  if (!element) return;
  // Whoever prevents this has something under a finger: later, then.
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
    // Nobody there: what it says stays as it was for another moment.
    due.set(id, performance.now() + NOBODY_THERE_MS);
  }
}

// A log-in in another tab brings a new token, and the page of a live that runs isn't loaded anew for it. No script may
// read the cookie: so the page is asked for once more, and its token put into every form of this one.
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
    // A form says that somebody is here, which is told as soon as the page has been open for a moment.
    if (!due.has(element.id)) due.set(element.id, now + (isForm ? FIRST_MS : every));
    if (now < due.get(element.id) || (document.hidden && !isForm)) continue;
    due.set(element.id, now + every);
    refresh(element.id);
  }
}, PAUSE_MS);

document.addEventListener("again:now", ({ detail: id }) => refresh(id));
