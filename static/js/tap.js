// The tray: the first press on a gift selects it, further presses send it. Without this script each gift is a form.
//
// Each press gets its own id and stays in a queue until the server has answered for that id. A retry after a lost reply
// sends the same id, so a press is charged once. Two presses have two ids, so neither is lost in the other.
//
// Listens to delay:over, delay:changed, delay:short, delay:late, feed:over; submit and click in the tray; online,
// pageshow, beforeunload.
// Sends tap:wanted (an expensive gift, to delay.js), tap:pressed, tap:accepted, tap:refused, tap:balance.

const tray = document.getElementById("tray");
const lanes = document.getElementById("lanes");
const AT_ONCE = 4;
const PATIENCE_MS = 8000;
const RESEND_FOR_MS = 120000;
const address = lanes.dataset.feed.replace(/feed\/$/, "tap/");
const shelf = `taps:${address}:${lanes.dataset.viewer}`;

let queue = [];
let balance = Number(document.getElementById("coin-balance").value);
let delayedCoins = 0;
let isOver = false;
// Taps that the end of the live refused. The end card lists them, because the tray is gone by then.
const late = [];
let newestTap = 0;
let failures = 0;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`tap:${name}`, { detail }));
const offerOf = (slug) => tray.querySelector(`.offer[data-gift="${CSS.escape(slug)}"]`);
const whole = (number) => number.toLocaleString("en-US");

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes]
    .map((byte, n) => ([4, 6, 8, 10].includes(n) ? "-" : "") + byte.toString(16).padStart(2, "0"))
    .join("");
}

// --- The queue ----------------------------------------------------------------------------------

function press(offer) {
  const { gift, coins, id, name } = offer.dataset;
  const tap = { tap_id: newId(), gift, quantity: 1, price: Number(coins), giftId: id, name };
  tap.art = offer.querySelector("summary img").src;
  // A message goes with one press, and the next press has none.
  const message = offer.querySelector("[name=message]");
  if (message?.value.trim()) tap.message = message.value;
  if (message) message.value = "";
  if ("asks" in offer.dataset) ask({ ...tap, worth: { ...offer.dataset } });
  else enqueue(tap);
}

// delay.js is loaded when an expensive gift is first selected: most viewers never need it.
let asking = null;
let tries = 0;
function learnToAsk() {
  asking ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    // A browser caches a module's failed load by its address, so a retry needs another address.
    const src = `${document.getElementById("delayed").dataset.script}${tries ? `?${tries}` : ""}`;
    tries += 1;
    Object.assign(script, { type: "module", src, onload: done, onerror: fail });
    document.head.append(script);
  });
  return asking;
}

async function ask(tap) {
  try {
    await learnToAsk();
    tell("wanted", tap);
  } catch {
    asking = null;
    say(`${tap.name} was not sent: there is no connection. Try again.`, true);
  }
}

function enqueue(tap) {
  tap.at = Date.now();
  queue.push(tap);
  keep();
  tell("pressed", tap);
  showBalance();
  send();
}

function keep() {
  const waiting = queue.map(({ sending, pause, ...tap }) => tap);
  if (waiting.length) sessionStorage.setItem(shelf, JSON.stringify(waiting));
  else sessionStorage.removeItem(shelf);
}

function dequeue(tap) {
  queue = queue.filter((other) => other !== tap);
  keep();
}

function send() {
  if (isOver) return;
  const free = AT_ONCE - queue.filter((tap) => tap.sending).length;
  for (const tap of queue.filter((waiting) => !waiting.sending).slice(0, Math.max(0, free))) deliver(tap);
}

async function deliver(tap) {
  tap.sending = true;
  tap.wasSent = true;
  const body = new URLSearchParams({ gift: tap.gift, quantity: tap.quantity, price: tap.price, tap_id: tap.tap_id });
  if (tap.message) body.set("message", tap.message);
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "HX-Request": "true", "X-CSRFToken": tray.querySelector("[name=csrfmiddlewaretoken]").value },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await hear(tap, answer);
  } catch {
    later(tap, Math.min(500 * 2 ** failures++, 8000));
  }
}

async function hear(tap, answer) {
  if (answer.headers.get("HX-Redirect")) return leaveFor(answer.headers.get("HX-Redirect"));
  if (answer.status === 429) return later(tap, 1000 * (Number(answer.headers.get("Retry-After")) || 1), true);
  if (answer.status >= 500) return later(tap, Math.min(500 * 2 ** failures++, 8000));
  const words = await answer.text();
  failures = 0;
  dequeue(tap);
  if (answer.ok) accepted(tap, words);
  else refused(tap, words, answer.status);
  showBalance();
  send();
}

function later(tap, wait, isBusy) {
  tap.wasUnanswered ||= !isBusy;
  if (isOver) sayHowItEnded();
  else if (!isBusy) say("No answer yet. Your gift is kept and sent again; it is charged once at most.");
  clearTimeout(tap.pause);
  tap.pause = setTimeout(() => again(tap), wait);
}

// After the end, only taps that were already sent are retried: their answers say whether they were in time.
function again(tap) {
  clearTimeout(tap.pause);
  tap.pause = 0;
  tap.sending = false;
  if (isOver) deliver(tap);
  else send();
}

function accepted(tap, words) {
  const fragments = read(words);
  const result = fragments.querySelector("#tap-result");
  tap.row = Number(result.dataset.tap);
  if (tap.row > newestTap) {
    newestTap = tap.row;
    balance = Number(fragments.querySelector("#coin-balance").value);
  }
  if (isOver) sayHowItEnded();
  else place(result);
  tell("accepted", tap);
}

// A refusal drops the unsent taps from the queue. Requests under way still get their answers.
function refused(tap, words, status) {
  const unsent = queue.filter((other) => !other.wasSent);
  queue = queue.filter((other) => other.wasSent);
  keep();
  for (const stopped of [tap, ...unsent]) tell("refused", stopped);
  const fragments = status === 409 || status === 422 ? [...read(words).children] : [];
  giveBackMessage(tap);
  if (isOver || fragments.some((fragment) => "late" in fragment.dataset)) late.push(tap, ...unsent);
  if (isOver) return sayHowItEnded();
  if (fragments.length) show(fragments);
  else sayOutOfDate(status === 404 ? "This live isn't here any more." : "This page is out of date.", tap);
  shake(tap.gift);
}

// A refused gift's message stays typed, so that it can be changed and sent again.
function giveBackMessage({ gift, message }) {
  const field = message && offerOf(gift)?.querySelector("[name=message]");
  if (field && !field.value) field.value = message;
}

function shake(gift) {
  const summary = offerOf(gift)?.querySelector("summary");
  summary?.classList.add("refused");
  setTimeout(() => summary?.classList.remove("refused"), 400);
}

function leaveFor(page) {
  queue = [];
  keep();
  location.assign(page);
}

// --- Showing ------------------------------------------------------------------------------------

function read(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// A new tray brings the checkboxes of the plain form. Remove them: delay.js asks instead.
function show(fragments) {
  for (const fragment of fragments) place(fragment);
  for (const agree of tray.querySelectorAll(".agree")) agree.remove();
  // A refusal stands above the gifts: scroll so that it doesn't cover the selected one.
  if (fragments.some((fragment) => fragment.matches("[role=alert]")))
    tray.querySelector(".offer[open] > summary")?.scrollIntoView({ block: "start" });
}

function place(fragment) {
  const here = fragment.id && document.getElementById(fragment.id);
  if (here) here.replaceWith(fragment);
}

function say(text, isRefusal) {
  const notice = document.createElement("div");
  notice.id = "tap-result";
  notice.className = isRefusal ? "notice bad" : "notice warn";
  notice.setAttribute("role", isRefusal ? "alert" : "status");
  const line = document.createElement("p");
  line.textContent = text;
  notice.append(line);
  show([notice]);
  return notice;
}

// An earlier request without an answer may have been debited, so the history decides.
function sayOutOfDate(why, tap) {
  const result = tap.wasUnanswered ? `Your history says whether ${tap.name} was sent.` : "Nothing was debited.";
  say(`${why} ${result}`, true).append(
    read('<button class="button quiet small" type="button" data-reload>Load it again</button>'),
  );
}

function showBalance() {
  const waiting = queue.reduce((sum, tap) => sum + tap.price * tap.quantity, 0);
  const shown = Math.max(0, balance - waiting - delayedCoins);
  tell("balance", shown);
  const purse = tray.querySelector("#coin-balance");
  purse.value = shown;
  purse.textContent = whole(shown);
  const pill = document.getElementById("coin-pill");
  if (!pill) return;
  pill.querySelector("span").textContent = whole(shown);
  pill.setAttribute("aria-label", `Balance: ${whole(shown)} coin${shown === 1 ? "" : "s"}`);
}

// --- Delayed gifts, and the end ------------------------------------------------------------------

function list(taps) {
  const times = new Map();
  for (const tap of taps) times.set(tap.name, (times.get(tap.name) ?? 0) + tap.quantity);
  return [...times].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(", ");
}

function sayHowItEnded() {
  const lines = [];
  if (late.length) lines.push(`${list(late)}: not sent, because the live had ended. Nothing was debited for it.`);
  if (queue.length) lines.push(`${list(queue)}: no answer yet. It is asked again whether it was in time.`);
  if (lines.length) say(lines.join(" "), late.length > 0);
  else place(read('<div id="tap-result"></div>').firstChild);
}

document.addEventListener("delay:over", ({ detail: { worth, ...tap } }) => enqueue(tap));
document.addEventListener("delay:changed", ({ detail: coins }) => {
  delayedCoins = coins;
  showBalance();
});
document.addEventListener("delay:short", ({ detail: { tap, words } }) => {
  show([...read(words).children]);
  shake(tap.gift);
});
document.addEventListener("delay:late", ({ detail: taps }) => {
  late.push(...taps);
  sayHowItEnded();
});

document.addEventListener("feed:over", () => {
  isOver = true;
  const unsent = queue.filter((tap) => !tap.wasSent);
  queue = queue.filter((tap) => tap.wasSent);
  keep();
  for (const stopped of unsent) tell("refused", stopped);
  late.push(...unsent);
  showBalance();
  sayHowItEnded();
});

// --- Input --------------------------------------------------------------------------------------

tray.addEventListener("submit", (event) => {
  const offer = event.target.closest(".offer");
  if (!offer) return;
  event.preventDefault();
  press(offer);
});

tray.addEventListener("click", (event) => {
  const offer = event.target.closest("summary")?.closest(".offer");
  if (!offer) return;
  if (offer.open) {
    event.preventDefault();
    press(offer);
  } else {
    place(read('<div id="tap-result"></div>').firstChild);
    // Its panel may be higher than that of the gift before.
    requestAnimationFrame(() => offer.querySelector("summary").scrollIntoView({ block: "nearest" }));
    if ("asks" in offer.dataset)
      learnToAsk().catch(() => {
        asking = null;
      });
  }
});

window.addEventListener("beforeunload", (event) => {
  if (queue.length) event.preventDefault();
});

// Retry at once when the connection is back.
window.addEventListener("online", () => {
  for (const tap of queue) if (tap.pause) again(tap);
});

// Back from Recharge, a page from the browser's cache would show the old balance.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// After a reload, unanswered taps are sent again with the same ids. Taps older than two minutes are dropped. The page's
// points and lanes may already include them, so no tap:pressed is sent.
const left = JSON.parse(sessionStorage.getItem(shelf) || "[]");
queue = left.filter((tap) => Date.now() - tap.at < RESEND_FOR_MS);
keep();
show([]);
showBalance();
send();
