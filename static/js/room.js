// The stage: lanes, points, own gifts before the answer, the end card, and the tray as a sheet. docs/room.md describes
// the room's scripts together.
//
// Listens to feed:rows, feed:board, feed:over, tap:pressed, tap:accepted, tap:refused, and beat (may prevent it).
// Sends room:gift (a row, before it gets its lane).

const lanes = document.getElementById("lanes");
const points = document.getElementById("session-points");
const tray = document.getElementById("tray");
const stage = document.getElementById("stage");
// The reader's two faces in this live, by name and as Somebody. face.js may change which one is shown.
const faces = (lanes.dataset.faces ?? "").split(" ");
const faceNow = () => document.getElementById("own-face").dataset.face;
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const COMBO_MS = 5000;
const MOST_LANES = 5;
// One's own lane stays at the bottom for this long after its last tap.
const PINNED_MS = 10000;
const SAY_MS = 4000;
const BEAT_MS = 400;
// The shortest wait for a motion that hasn't started yet.
const RETRY_MS = 16;
// Ids remembered to drop rows that stream and poll both bring: the last minutes of a long live.
const MOST_KNOWN = 20000;

let serverPoints = points ? Number(points.value) : 0;
// Own taps that the feed hasn't brought yet, and rows of the feed that may be one of them.
let own = [];
let waitingRows = [];
const known = new Set();

const whole = (number) => number.toLocaleString("en-US");
const sumOf = (items, coins) => items.reduce((sum, item) => sum + coins(item), 0);

// --- The beat -----------------------------------------------------------------------------------

// Motion starts together and at most three times a second, however many gifts arrive, so that nothing flashes more
// often. Other scripts send `beat`; it is prevented while they must not move.
let beat = -BEAT_MS;
let isOpening = false;
const moving = [lanes, document.getElementById("crossing")];
function isOnBeat() {
  // A hidden page paints nothing, so nothing has to wait there.
  if (isOpening || document.hidden) return true;
  if (performance.now() - beat < BEAT_MS || isStarting()) return false;
  isOpening = true;
  requestAnimationFrame(() => {
    isOpening = false;
    beat = performance.now();
  });
  return true;
}

// A busy browser starts a motion long after its frame was prepared. The interval counts from the start.
const isStarting = () => moving.some((place) => place.getAnimations({ subtree: true }).some((one) => one.pending));
for (const place of moving)
  place.addEventListener("animationstart", () => {
    beat = performance.now();
  });

document.addEventListener("beat", (event) => {
  if (!isOnBeat()) event.preventDefault();
});

// --- Lanes --------------------------------------------------------------------------------------

// Rows that would open a lane between two beats are queued for the next. One's own are never queued.
let coming = [];
// Own lanes that counted between two beats: their number overshoots at the next.
const swinging = new Set();
let next = 0;

function add(row, isOwn) {
  note(row);
  document.dispatchEvent(new CustomEvent("room:gift", { detail: row }));
  if (isOwn || !(coming.length || !(laneOf(row.dataset.combo) || isOnBeat()))) return letInto(row, isOwn);
  coming.push(row);
  waitForBeat();
}

function waitForBeat() {
  if (!next) next = setTimeout(letIn, Math.max(RETRY_MS, beat + BEAT_MS - performance.now()));
}

function letIn() {
  next = 0;
  if (!isOnBeat()) return waitForBeat();
  const rows = coming;
  coming = [];
  for (const row of rows) letInto(row);
  for (const lane of [...swinging]) bump(lane);
}

function letInto(row, isOwn) {
  const { combo, quantity, coins } = row.dataset;
  const last = laneOf(combo);
  if (last && Date.now() - last.dataset.seen < COMBO_MS) {
    count(last, Number(quantity), Number(coins));
    if (row.dataset.tap) last.dataset.tap = row.dataset.tap;
    return;
  }
  // `data-gift` marks the tray's tiles, so a lane may not have it. The message stands among the comments.
  delete row.dataset.gift;
  row.querySelector("q")?.remove();
  row.dataset.seen = Date.now();
  row.classList.toggle("still", !isOnBeat());
  if (isOwn) pin(row);
  else lanes.insertBefore(row, pinned());
  const others = lanes.querySelectorAll(":scope > :not(.own)");
  for (const lane of [...others].slice(0, Math.max(0, others.length - MOST_LANES))) lane.remove();
}

const pinned = () => lanes.querySelector(":scope > .own");

// One lane is pinned. When it is let go, it is the newest of the others and stands where it stood.
function pin(row) {
  pinned()?.classList.remove("own");
  row.classList.add("own", "mine");
  lanes.append(row);
  letGoLater(row);
}

function letGoLater(row) {
  const left = Number(row.dataset.seen) + PINNED_MS - Date.now();
  if (left > 0) setTimeout(letGoLater, left, row);
  else row.classList.remove("own");
}

function laneOf(combo) {
  return [...lanes.children].findLast((lane) => lane.dataset.combo === combo);
}

function count(lane, quantity, coins) {
  const total = Number(lane.dataset.quantity) + quantity;
  if (total < 1) return lane.remove();
  lane.dataset.quantity = total;
  lane.dataset.coins = Number(lane.dataset.coins) + coins;
  lane.dataset.seen = Date.now();
  lane.querySelector(".times").textContent = total > 1 ? `×${total}` : "";
  bump(lane);
}

// The number overshoots on the beat. One's own waits for the next beat if it has to, so that the last number does.
function bump(lane) {
  swinging.delete(lane);
  if (isOnBeat()) {
    const before = lane.querySelector(".times");
    const times = before.cloneNode(true);
    times.classList.add("bump");
    before.replaceWith(times);
  } else if (lane.classList.contains("mine") && lane.isConnected) {
    swinging.add(lane);
    waitForBeat();
  }
}

// --- The screen reader's summary, every few seconds ---------------------------------------------

let heard = new Map();
let sum = { gifts: 0, coins: 0 };
let saying = 0;
function note(row) {
  const [who, what] = row.querySelectorAll(":scope > span:not(.avatar, .times) > *");
  const name = `${who.textContent} ${what.textContent}`;
  const quantity = Number(row.dataset.quantity);
  heard.set(name, (heard.get(name) || 0) + quantity);
  sum = { gifts: sum.gifts + quantity, coins: sum.coins + Number(row.dataset.coins) };
  if (!saying) saying = setTimeout(announce, SAY_MS);
}

const counted = (number, unit) => `${whole(number)} ${unit}${number === 1 ? "" : "s"}`;
function announce() {
  const lines = [...heard].map(([name, times]) => (times > 1 ? `${name} ×${times}` : name));
  const more = lines.length > 3 ? `, and ${lines.length - 3} more` : "";
  const summary = `${counted(sum.gifts, "gift")}, ${counted(sum.coins, "coin")}.`;
  document.getElementById("announcer").textContent = `${summary} ${lines.slice(0, 3).join(", ")}${more}.`;
  heard = new Map();
  sum = { gifts: 0, coins: 0 };
  saying = 0;
}

// --- Points -------------------------------------------------------------------------------------

function showPoints() {
  if (!points) return;
  const ahead = sumOf(own, (tap) => tap.price * tap.quantity) - sumOf(waitingRows, (row) => Number(row.dataset.coins));
  const total = serverPoints + Math.max(0, ahead);
  points.value = total;
  points.textContent = whole(total);
  showGoal(total);
}

// A goal in points follows the points beside it. The board is later; it alone says that a goal is reached.
function showGoal(total) {
  const goal = document.querySelector("#goal[data-points]");
  if (!goal) return;
  const [words, brief, bar] = goal.children;
  const counted = (text) => text.replace(/[\d,]+/, whole(total));
  words.lastChild.data = counted(words.lastChild.data);
  brief.textContent = brief.textContent.replace(/^[^/]+/, short(total));
  bar.value = total;
  bar.setAttribute("aria-label", counted(bar.getAttribute("aria-label")));
}

// As the server's short(): 1234 is 1.2K, rounded down.
function short(number) {
  const [unit, letter] = [
    [1e6, "M"],
    [1e3, "K"],
  ].find(([least]) => number >= least) ?? [1, ""];
  const tenths = Math.floor((number * 10) / unit);
  return `${tenths < 1000 ? tenths / 10 : whole(Math.floor(tenths / 10))}${letter}`;
}

// --- The feed -----------------------------------------------------------------------------------

function know(id) {
  known.add(id);
  if (known.size > MOST_KNOWN) known.delete(known.values().next().value);
}

function receive(content) {
  // Clone: a lane moves its row out of the fragment, and other listeners read the same fragment.
  for (const row of content.cloneNode(true).querySelectorAll("[data-tap]")) {
    const id = Number(row.dataset.tap);
    const isOwn = faces.includes(row.dataset.combo.split("-")[0]);
    if (known.has(id)) own = own.filter((tap) => tap.row !== id);
    else if (isOwn && own.some((tap) => !tap.row)) waitingRows.push(row);
    else add(row, isOwn);
    know(id);
  }
  serverPoints = Number(content.querySelector("#session-points")?.value ?? serverPoints);
  showPoints();
}

function end(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  if (tray.matches(":popover-open")) tray.hidePopover();
  stage.classList.replace("live", "over");
  document.body.classList.add("after");
  document.getElementById("curtain").replaceWith(template.content);
  lanes.remove();
  tray.remove();
  document.querySelector(".gift-button").remove();
  document.getElementById("curtain-title").focus({ preventScroll: true });
}

document.addEventListener("feed:rows", ({ detail }) => receive(detail));
// After board.js, which puts the new goal in place.
document.addEventListener("feed:board", () => queueMicrotask(showPoints));
document.addEventListener("feed:over", ({ detail }) => end(detail));

// --- Own taps, shown before the server has answered ---------------------------------------------

document.addEventListener("tap:pressed", ({ detail: tap }) => {
  own.push(tap);
  tap.combo = `${faceNow()}-${tap.giftId}`;
  const row = document.getElementById("own-lane").content.firstElementChild.cloneNode(true);
  Object.assign(row.dataset, { combo: tap.combo, quantity: tap.quantity, coins: tap.price * tap.quantity });
  row.querySelector(":scope > span:not(.avatar, .times) > span").textContent = `sent ${tap.name}`;
  row.querySelector(":scope > img").src = tap.art;
  if (tap.message) row.append(Object.assign(document.createElement("q"), { textContent: tap.message }));
  rise(tap);
  add(row, true);
  showPoints();
});

document.addEventListener("tap:accepted", ({ detail: tap }) => {
  if (!own.includes(tap)) return;
  const lane = laneOf(tap.combo);
  if (lane) lane.dataset.tap = tap.row;
  if (known.has(tap.row)) own = own.filter((other) => other !== tap);
  know(tap.row);
  waitingRows = waitingRows.filter((row) => Number(row.dataset.tap) !== tap.row);
  showWaiting();
});

document.addEventListener("tap:refused", ({ detail: tap }) => {
  if (!own.includes(tap)) return;
  own = own.filter((other) => other !== tap);
  const lane = laneOf(tap.combo);
  if (lane) count(lane, -tap.quantity, -tap.price * tap.quantity);
  showWaiting();
});

// A row that no answer claimed was tapped in another tab, so it gets its lane.
function showWaiting() {
  if (!own.some((tap) => !tap.row)) {
    for (const row of waitingRows) add(row, true);
    waitingRows = [];
  }
  showPoints();
}

function rise(tap) {
  const tile = tray.querySelector(`[data-gift="${CSS.escape(tap.gift)}"] summary img`);
  if (isCalm.matches || !tile || !tile.getClientRects().length || !isOnBeat()) return;
  const from = tile.getBoundingClientRect();
  const to = lanes.getBoundingClientRect();
  const image = new Image();
  image.src = tile.src;
  image.alt = "";
  image.className = "rising";
  image.style.left = `${from.left}px`;
  image.style.top = `${from.top}px`;
  (tray.matches(":popover-open") ? tray : document.body).append(image);
  const there = `translate(${to.left + 150 - from.left}px, ${to.bottom - 46 - from.top}px)`;
  image
    .animate({ transform: ["none", there], opacity: [1, 0.9, 0] }, { duration: 420, easing: "cubic-bezier(.3,0,.3,1)" })
    .finished.finally(() => image.remove());
}

// --- The sheet ----------------------------------------------------------------------------------

// Without a script, CSS opens the sheet at `#tray`. With one it is a popover: Escape closes it and the focus returns.
function openFromAddress() {
  if (location.hash !== "#tray") return;
  history.replaceState(null, "", location.pathname);
  location.hash = "stage";
  history.replaceState(null, "", location.pathname);
  if (matchMedia("(max-width: 899px)").matches) tray.showPopover();
}

tray.addEventListener("toggle", (event) => {
  if (event.newState !== "open") return;
  tray.querySelector(".offer[open] > summary")?.scrollIntoView({ block: "nearest" });
  (tray.querySelector(".offer[open] .combo") ?? document.getElementById("tray-title")).focus({ preventScroll: true });
});
tray.addEventListener("click", (event) => {
  if (!event.target.closest(".leave-tray")) return;
  event.preventDefault();
  tray.hidePopover();
});
tray.addEventListener("keydown", (event) => {
  const tiles = [...tray.querySelectorAll("summary.gift")];
  const [top, ...tops] = tiles.map((tile) => tile.getBoundingClientRect().top);
  const columns = 1 + tops.filter((other) => other === top).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const here = tiles.indexOf(document.activeElement);
  if (!step || here < 0) return;
  event.preventDefault();
  tiles[here + step]?.focus();
});

// The open sheet keeps the focus: Tab leads from its last control to its first, Shift+Tab back.
const CONTROLS = "a[href], button, summary, input:not([type=hidden])";
tray.addEventListener("keydown", (event) => {
  if (event.key !== "Tab" || !tray.matches(":popover-open") || event.target.closest("dialog, .sheet")) return;
  const controls = [...tray.querySelectorAll(CONTROLS)].filter((one) => !one.disabled && one.checkVisibility());
  const way = event.shiftKey ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
  if (controls.some((one) => event.target.compareDocumentPosition(one) & way)) return;
  event.preventDefault();
  controls.at(event.shiftKey ? -1 : 0).focus();
});

// The stage's animation stops while the page is hidden.
document.addEventListener("visibilitychange", () => stage.classList.toggle("unseen", document.hidden));

for (const lane of lanes.children) {
  lane.dataset.seen = 0;
  lane.classList.toggle("mine", faces.includes(lane.dataset.combo.split("-")[0]));
}
openFromAddress();
