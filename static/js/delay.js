// Expensive gifts: a dialog asks, then the tap is delayed for five seconds and can be undone. Nothing is sent or debited
// until then. A page that is left or reloaded forgets its delayed taps. tap.js loads this script.
//
// Listens to tap:wanted, feed:over, the dialog's close, the tray's toggle, and beforeunload.
// Sends delay:over (a tap to send), delay:changed (coins of all delayed taps), delay:short (a tap and the refusal: too
// few coins) and delay:late (taps that the end of the live stopped).

const tray = document.getElementById("tray");
const stage = document.getElementById("stage");
const list = document.getElementById("delayed");
const dialog = document.getElementById("ask");
const lanes = document.getElementById("lanes");
const DELAY_MS = 5000;
// A device that slept through the five seconds starts them again, because Undo couldn't be pressed.
const SLEPT_MS = 5000;
// Send stays disabled for this long, so that a double tap doesn't press it.
const WAKE_MS = 400;
const memory = `calm:${list.dataset.afford}:${lanes.dataset.viewer}`;

// By gift: the delayed taps, their row in the list, and when they are sent.
const delayed = new Map();
let asked = null;
let isBusy = false;
let waking = 0;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const whole = (number) => number.toLocaleString("en-US");
const sumOf = (taps) => taps.reduce((sum, tap) => sum + tap.price, 0);
const nameOf = (taps) => (taps.length > 1 ? `${taps[0].name} ×${taps.length}` : taps[0].name);
const shown = () => Number(document.getElementById("coin-balance").value);
const calmOnes = () => JSON.parse(sessionStorage.getItem(memory) || "[]");
// "Don't ask again" counts for one price: after a price change the dialog asks again.
const isCalm = (tap) => calmOnes().includes(`${tap.gift}:${tap.price}`);

function dollars(micros) {
  const digits = String(micros % 1e6)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `$${whole(Math.floor(micros / 1e6))}.${digits}`;
}

function priceOf(taps) {
  const coins = sumOf(taps);
  return { coins: `${whole(coins)} ${coins === 1 ? "coin" : "coins"}`, usd: dollars(taps[0].worth.paid * taps.length) };
}

function say(words) {
  const line = document.getElementById("delayed-words");
  if (line) line.textContent = words;
}

// --- Asking -------------------------------------------------------------------------------------

async function want(tap) {
  if (isBusy || dialog.open) return;
  conclude();
  isBusy = true;
  const isShort = tap.price > shown() && (await lacks(tap));
  isBusy = false;
  if (isShort || !tray.isConnected) return;
  if (delayed.has(tap.gift) || isCalm(tap)) delay(tap);
  else ask(tap);
}

// The server checks the balance. Without an answer the dialog opens anyway; the tap itself may still be refused.
async function lacks(tap) {
  const besides = [...delayed.values()].reduce((sum, one) => sum + sumOf(one.taps), 0);
  try {
    const answer = await fetch(`${list.dataset.afford}?gift=${tap.gift}&besides=${besides}`, {
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
      signal: AbortSignal.timeout(4000),
    });
    if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
    if (answer.status !== 409) return answer.headers.has("HX-Redirect");
    tell("delay:short", { tap, words: await answer.text() });
    return true;
  } catch {
    return false;
  }
}

function ask(tap) {
  asked = tap;
  const { coins, usd } = priceOf([tap]);
  dialog.querySelector("img").src = tap.art;
  dialog.querySelector("h2").textContent = `Send ${tap.name} for ${coins} (${usd})?`;
  const { creator } = tray.querySelector(".goes").dataset;
  const { site } = document.documentElement.dataset;
  const goes = `${creator} gets ${dollars(tap.worth.creator)}, ${site} keeps ${dollars(tap.worth.kept)}.`;
  dialog.querySelector("#ask-goes").textContent = `${goes} You can undo it for ${DELAY_MS / 1000} seconds.`;
  dialog.querySelector("[name=calm]").checked = false;
  dialog.returnValue = "";
  dialog.showModal();
  const send = dialog.querySelector("[value=send]");
  send.disabled = true;
  clearTimeout(waking);
  waking = setTimeout(() => {
    send.disabled = false;
  }, WAKE_MS);
}

// The close event may come later than the next press of a gift, which then concludes the last question itself.
function conclude() {
  if (dialog.open) return;
  const tap = asked;
  asked = null;
  if (!tap || dialog.returnValue !== "send" || !tray.isConnected) return;
  if (dialog.querySelector("[name=calm]").checked)
    sessionStorage.setItem(memory, JSON.stringify([...calmOnes(), `${tap.gift}:${tap.price}`]));
  delay(tap, true);
}

dialog.addEventListener("close", conclude);

// --- Delaying -----------------------------------------------------------------------------------

function delay(tap, isAnswer) {
  const one = delayed.get(tap.gift) ?? begin(tap.gift, tap.art);
  one.taps.push(tap);
  wait(one);
  const { coins, usd } = priceOf(one.taps);
  one.row.querySelector("button").setAttribute("aria-label", `Undo ${nameOf(one.taps)}, ${coins}, ${usd}`);
  say(`${nameOf(one.taps)} is sent in ${DELAY_MS / 1000} seconds. Undo keeps your ${coins} (${usd}).`);
  if (one.taps.length === 1 && (isAnswer || document.activeElement?.matches(":focus-visible")))
    one.row.querySelector("button").focus({ preventScroll: true });
  tellSum();
}

function begin(gift, art) {
  const row = document.getElementById("delayed-row").content.firstElementChild.cloneNode(true);
  const one = { gift, row, taps: [], until: 0, timer: 0 };
  row.querySelector("img").src = art;
  row.querySelector("button").addEventListener("click", () => undo(one));
  delayed.set(gift, one);
  list.append(row);
  placeList();
  return one;
}

// Presses of one gift are delayed together; each press restarts their five seconds.
function wait(one) {
  one.until = Date.now() + DELAY_MS;
  const bar = one.row.querySelector(".left");
  bar.replaceWith(bar.cloneNode());
  clearInterval(one.timer);
  one.timer = setInterval(() => look(one), 200);
  draw(one);
}

function draw(one) {
  const { coins, usd } = priceOf(one.taps);
  const seconds = Math.max(1, Math.ceil((one.until - Date.now()) / 1000));
  const line = `${coins} · ${usd} · sent in ${seconds} s`;
  one.row.querySelector("strong").textContent = nameOf(one.taps);
  const small = one.row.querySelector("small");
  if (small.textContent !== line) small.textContent = line;
}

function look(one) {
  const over = Date.now() - one.until;
  if (over < 0) return draw(one);
  if (over > SLEPT_MS) return wait(one);
  drop(one);
  say("");
  for (const tap of one.taps) tell("delay:over", tap);
}

function undo(one) {
  drop(one);
  const { coins, usd } = priceOf(one.taps);
  say(`${nameOf(one.taps)} was not sent. You keep your ${coins} (${usd}).`);
}

function drop(one) {
  const hadFocus = one.row.contains(document.activeElement);
  clearInterval(one.timer);
  delayed.delete(one.gift);
  one.row.remove();
  tellSum();
  if (hadFocus) giveBackFocus(one.gift);
}

function giveBackFocus(gift) {
  const places = [
    tray.querySelector(`.offer[open][data-gift="${CSS.escape(gift)}"] .combo`),
    tray.querySelector(".offer[open] .combo"),
    document.querySelector(".gift-button"),
    tray.querySelector("h2"),
  ];
  places.find((place) => place?.getClientRects().length)?.focus({ preventScroll: true });
}

function tellSum() {
  tell(
    "delay:changed",
    [...delayed.values()].reduce((sum, one) => sum + sumOf(one.taps), 0),
  );
}

// Undo stays visible: the list is in the tray, and on the stage while a phone's tray is closed.
function placeList() {
  if (!tray.isConnected) return;
  const isOpen = tray.getClientRects().length > 0;
  if (isOpen && list.parentElement !== tray) tray.querySelector(".gifts").after(list);
  if (isOpen) tray.querySelector(".offer[open] > summary")?.scrollIntoView({ block: "nearest" });
  if (!isOpen && list.parentElement !== stage) stage.querySelector(".below").before(list);
}

matchMedia("(min-width: 900px)").addEventListener("change", placeList);
tray.addEventListener("toggle", (event) => {
  if (event.target === tray) placeList();
});
document.addEventListener("tap:wanted", ({ detail: tap }) => want(tap));

// --- The end ------------------------------------------------------------------------------------

document.addEventListener("feed:over", () => {
  asked = null;
  const late = [...delayed.values()].flatMap((one) => one.taps);
  for (const one of [...delayed.values()]) drop(one);
  list.remove();
  say("");
  if (late.length) tell("delay:late", late);
});

window.addEventListener("beforeunload", (event) => {
  if (delayed.size) event.preventDefault();
});
