// The overlay's alerts: one at a time, a combo as one, and none later than ten seconds after its gift. When some wait,
// each is shown for less time. Behind MOST_WAITING the others are added up in one last alert ("and 40 more gifts"), so
// that the count leaves out no gift. A larger gift takes the place of the smallest that waits. A message is shown with
// its gift, and read aloud by the browser if the creator wants it.
// Written for the Chromium in OBS 29 and later, which is older than a browser's.
//
// Listens to overlay:row (show a gift), overlay:settings, overlay:still (one alert that stays, for the preview),
// overlay:unsaid (messages that were taken back) and overlay:clear.
// Sends overlay:shown (ids of the taps on screen).

const root = document.getElementById("overlay");
const COMBO_MS = 5000;
const PAUSE_MS = 400;
const LEAST_MS = 2000;
// Four alerts of LEAST_MS with their pauses pass in less than this: one on screen and three that wait. The rest is next.
const BEHIND_MS = 10000;
const MOST_WAITING = 3;
// A message of 80 characters is read in about eight seconds.
const LONGEST_READING_MS = 12000;
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
  if (shown && !shown.isLeaving) leaveAt(shown.leavesAt);
  next();
}

function isSameCombo(alert, gift) {
  if (alert.isRest || alert.isLeaving || alert.combo !== gift.combo || gift.words) return false;
  return Date.now() - alert.at < COMBO_MS;
}

// Put a gift at the end of the queue. Return its alert, or the alert of the rest that it was added to.
function line(gift) {
  const rest = waiting.find((one) => one.isRest);
  const singles = waiting.filter((one) => !one.isRest);
  Object.assign(gift, { at: Date.now(), since: Date.now() });
  if (!rest && singles.length < MOST_WAITING) {
    waiting.push(gift);
    return gift;
  }
  const all = rest ?? startRest();
  const smaller = singles.filter((one) => one.price < gift.price && isEarlyEnough(one));
  const smallest = smaller.reduce((one, other) => (other.price <= one.price ? other : one), gift);
  if (smallest === gift) return all;
  waiting[waiting.indexOf(smallest)] = gift;
  add(all, smallest);
  all.since = Math.min(all.since, smallest.since);
  return gift;
}

// Can this gift still be shown in time, as part of the rest behind those that wait?
function isEarlyEnough(gift) {
  const free = shown ? Math.max(Date.now(), shown.shownAt + LEAST_MS) + PAUSE_MS : Date.now();
  return free + MOST_WAITING * (LEAST_MS + PAUSE_MS) <= gift.since + BEHIND_MS;
}

function startRest() {
  const rest = { isRest: true, level: "small", art: root.dataset.gifts, words: "", quantity: 0, coins: 0, taps: [] };
  waiting.push(Object.assign(rest, { since: Date.now() }));
  return rest;
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
  shown.shownAt = Date.now();
  draw(shown);
  play(shown);
  speak(shown);
  tell("overlay:shown", shown.taps);
  leaveAt(shown.shownAt + lookOf(shown).seconds * 1000);
}

// Return the look of an alert: the settings, and over them the variant of the highest value that one gift reaches.
function lookOf(alert) {
  const variant = alert.isRest ? null : settings.variants?.find((one) => alert.price >= one.from_coins);
  return { ...settings, ...variant };
}

// A growing combo stays at least LEAST_MS longer.
function countUp() {
  drawWords(shown, shown.element);
  bump(shown.element.querySelector(".times"));
  tell("overlay:shown", shown.taps);
  leaveAt(Math.max(shown.leavesAt, Date.now() + LEAST_MS));
}

// Return the last moment at which the alert on screen may leave, so that every gift that waits is shown in time.
function latestLeave() {
  const starts = waiting.map((one, number) => one.since + BEHIND_MS - PAUSE_MS - number * (LEAST_MS + PAUSE_MS));
  return Math.max(shown.shownAt + LEAST_MS, Math.min(...starts, Number.POSITIVE_INFINITY));
}

function leaveAt(moment) {
  shown.leavesAt = Math.min(moment, latestLeave());
  clearTimeout(timer);
  timer = setTimeout(leave, shown.leavesAt - Date.now());
}

function leave() {
  // A voice that is still reading may finish, unless others wait.
  if (shown.isReading && !waiting.length && Date.now() - shown.shownAt < LONGEST_READING_MS) {
    timer = setTimeout(leave, 200);
    return;
  }
  hush();
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
  hush();
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
  element.querySelector(".says").textContent = alert.words;
  drawWords(alert, element);
  root.replaceChildren(element);
}

// Names and the creator's text are inserted as text, never as HTML.
function drawWords(alert, element) {
  const text = alert.isRest ? "and {more}, {sum}" : lookOf(alert).text;
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

function play(alert) {
  const chosen = lookOf(alert).sound;
  const address = root.dataset[chosen];
  if (!address) return;
  sounds[chosen] ??= new Audio(address);
  const sound = sounds[chosen];
  sound.volume = settings.volume / 100;
  sound.currentTime = 0;
  // OBS allows autoplay. A browser refuses it before the first click; the alert then has no sound.
  sound.play().catch((reason) => console.info(`No sound: ${reason.message}`));
}

// --- Messages -----------------------------------------------------------------------------------

function speak(alert) {
  if (!settings.reads_aloud || !alert.words || !("speechSynthesis" in window)) return;
  const voice = new SpeechSynthesisUtterance(`${clip(alert.name)}: ${alert.words}`);
  voice.volume = settings.volume / 100;
  alert.isReading = true;
  voice.onend = voice.onerror = () => {
    alert.isReading = false;
  };
  speechSynthesis.speak(voice);
}

function hush() {
  if (shown?.isReading) speechSynthesis.cancel();
}

// A message that its creator removed leaves its alert, and the voice stops.
function unsay(ids) {
  for (const alert of waiting.concat(shown ?? [])) {
    if (!ids.includes(alert.comment)) continue;
    alert.words = "";
    if (alert !== shown) continue;
    alert.element.querySelector(".says").textContent = "";
    hush();
  }
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
    words: row.querySelector("q")?.textContent ?? "",
    comment: Number(row.querySelector("q")?.dataset.comment ?? 0),
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
document.addEventListener("overlay:unsaid", ({ detail: ids }) => unsay(ids));
document.addEventListener("overlay:clear", clear);
document.addEventListener("overlay:still", ({ detail: row }) => draw(giftOf(row)));
arrange(settings);
