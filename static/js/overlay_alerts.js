// The overlay's alerts: one at a time, a combo as one. When many wait, each is shown for less time. Behind MOST_WAITING
// the others are added up in one last alert ("and 40 more gifts"), so that the count leaves out no gift. Large gifts
// keep an alert of their own up to MOST_WITH_LARGE.
// Written for the Chromium in OBS 29 and later, which is older than a browser's.
//
// Listens to overlay:row (show a gift), overlay:settings, overlay:still (one alert that stays, for the preview) and
// overlay:clear.
// Sends overlay:shown (ids of the taps on screen).

const root = document.getElementById("overlay");
const COMBO_MS = 5000;
const PAUSE_MS = 400;
const CALM_QUEUE = 3;
const LEAST_MS = 2000;
const MOST_WAITING = 20;
const MOST_WITH_LARGE = 40;
const MOST_NAME = 24;
const MEDIUM_COINS = 100;

let settings = JSON.parse(root.dataset.settings);
let waiting = [];
let shown = null;
let timer = 0;
const sounds = {};

const whole = (number) => number.toLocaleString("en-US");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// --- The queue ----------------------------------------------------------------------------------

function take(gift) {
  // The price of one gift decides, so that a combo is shown from its start or never. A test is always shown.
  if (!gift.isTest && gift.price < settings.smallest_coins) return tell("overlay:shown", gift.taps);
  const alert = waiting.concat(shown ?? []).find((one) => isSameCombo(one, gift)) ?? line(gift);
  if (alert !== gift) add(alert, gift);
  if (alert === shown) countUp();
  next();
}

function isSameCombo(alert, gift) {
  return !alert.isRest && !alert.isLeaving && alert.combo === gift.combo && Date.now() - alert.at < COMBO_MS;
}

// Put a gift at the end of the queue. Return its alert, or the alert of the rest that it was added to.
function line(gift) {
  const last = waiting[waiting.length - 1];
  const rest = last?.isRest ? last : null;
  const singles = waiting.length - (rest ? 1 : 0);
  const isFull = rest || singles >= MOST_WAITING;
  gift.at = Date.now();
  if (!isFull) {
    waiting.push(gift);
  } else if (gift.level === "large" && singles < MOST_WITH_LARGE) {
    waiting.splice(singles, 0, gift);
  } else {
    if (!rest) waiting.push({ isRest: true, level: "small", art: root.dataset.gifts, quantity: 0, coins: 0, taps: [] });
    return waiting[waiting.length - 1];
  }
  return gift;
}

function add(alert, gift) {
  alert.quantity += gift.quantity;
  alert.coins += gift.coins;
  alert.taps.push(...gift.taps);
  alert.at = Date.now();
}

function next() {
  if (shown || !waiting.length) return;
  shown = waiting.shift();
  shown.since = Date.now();
  draw(shown);
  play();
  tell("overlay:shown", shown.taps);
  leaveAt(shown.since + lasting());
}

// Return how long an alert is shown: the chosen time, and less while more than a few wait.
function lasting() {
  const chosen = settings.seconds * 1000;
  if (waiting.length <= CALM_QUEUE) return chosen;
  return Math.max(Math.min(LEAST_MS, chosen), (chosen * CALM_QUEUE) / waiting.length);
}

// A growing combo stays at least LEAST_MS longer; while others wait, at most twice its time.
function countUp() {
  drawWords(shown, shown.element);
  bump(shown.element.querySelector(".times"));
  tell("overlay:shown", shown.taps);
  const soonest = Math.max(shown.leavesAt, Date.now() + LEAST_MS);
  leaveAt(waiting.length ? Math.min(soonest, Math.max(shown.leavesAt, shown.since + 2 * lasting())) : soonest);
}

function leaveAt(moment) {
  shown.leavesAt = moment;
  clearTimeout(timer);
  timer = setTimeout(leave, moment - Date.now());
}

function leave() {
  shown.isLeaving = true;
  shown.element.classList.add("leaving");
  timer = setTimeout(() => {
    shown.element.remove();
    shown = null;
    next();
  }, PAUSE_MS);
}

function clear() {
  clearTimeout(timer);
  waiting = [];
  shown = null;
  root.replaceChildren();
}

// --- Drawing ------------------------------------------------------------------------------------

function draw(alert) {
  const element = document.getElementById("alert").content.firstElementChild.cloneNode(true);
  alert.element = element;
  element.dataset.level = alert.level;
  element.querySelector(".art").src = alert.art;
  if (!alert.isTest) element.querySelector(".test").remove();
  drawWords(alert, element);
  root.replaceChildren(element);
}

// Names and the creator's text are inserted as text, never as HTML.
function drawWords(alert, element) {
  const text = alert.isRest ? "and {more}, {sum}" : settings.text;
  const words = {
    name: () => span("name", clip(alert.name)),
    gift: () => span("gift", alert.gift),
    count: () => span("times", alert.quantity > 1 ? `×${whole(alert.quantity)}` : ""),
    coins: () => span("coins", whole(alert.coins)),
    more: () => span("name", `${whole(alert.quantity)} more ${alert.quantity === 1 ? "gift" : "gifts"}`),
    sum: () => span("coins", alert.coins === 1 ? "1 coin" : `${whole(alert.coins)} coins`),
  };
  const parts = text.split(/(\{\w+\})/).map((part) => words[part.slice(1, -1)]?.() ?? part);
  element.querySelector(".line").replaceChildren(...parts);
}

function span(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

// Cut by graphemes, so that an emoji of several code points isn't split.
function clip(name) {
  const characters = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(name)].map((one) => one.segment);
  return characters.length > MOST_NAME
    ? `${characters
        .slice(0, MOST_NAME - 1)
        .join("")
        .trimEnd()}…`
    : name;
}

function bump(times) {
  times?.classList.add("bump");
}

// --- Sound --------------------------------------------------------------------------------------

function play() {
  const address = root.dataset[settings.sound];
  if (!address) return;
  sounds[settings.sound] ??= new Audio(address);
  const sound = sounds[settings.sound];
  sound.volume = settings.volume / 100;
  sound.currentTime = 0;
  // OBS allows autoplay. A browser refuses it before the first click; the alert then has no sound.
  sound.play().catch((reason) => console.info(`No sound: ${reason.message}`));
}

// --- Rows of the feed ---------------------------------------------------------------------------

// Return the gift of a row (templates/live/room/_lane.html), with the ids of its taps.
function giftOf(row, isTest = false) {
  const { combo, quantity, coins, tap } = row.dataset;
  const price = coins / quantity;
  return {
    combo,
    price,
    isTest,
    quantity: Number(quantity),
    coins: Number(coins),
    level: price >= Number(root.dataset.large) ? "large" : price >= MEDIUM_COINS ? "medium" : "small",
    name: row.querySelector("strong").textContent,
    gift: row.querySelector("strong + span").textContent.replace(/^sent /, ""),
    art: row.querySelector(":scope > img").getAttribute("src"),
    taps: tap ? [Number(tap)] : [],
  };
}

function arrange(changed) {
  settings = changed;
  root.dataset.position = settings.position;
  root.dataset.size = settings.size;
}

document.addEventListener("overlay:row", ({ detail: { row, isTest } }) => take(giftOf(row, isTest)));
document.addEventListener("overlay:settings", ({ detail }) => arrange(detail));
document.addEventListener("overlay:clear", clear);
document.addEventListener("overlay:still", ({ detail: row }) => draw(giftOf(row)));
arrange(settings);
