// The overlay's connection. It polls for the running live, the settings and test gifts, and reads that live's taps from
// its stream, or by polling while there is none. localStorage remembers the taps that were on screen, so a source that
// OBS reloads continues after them.
//
// Listens to overlay:shown (ids of taps on screen) and online; of the stream, to its rows, board, beat, again, end.
// Sends overlay:settings (the settings), overlay:row (a row, and whether it is a test), overlay:unsaid (ids of messages
// that were taken back) and overlay:clear.

const root = document.getElementById("overlay");
const ASK_MS = 3000;
const SLOWEST_ASK_MS = 15000;
const POLL_MS = 1500;
// Pauses before the next connection after a failure, and the silence after which a stream counts as broken.
const TRY_AGAIN_MS = [1000, 4000, 15000, 60000];
const SILENCE_MS = 40000;
// Polling starts if a stream takes longer than this to open.
const OPENING_MS = 3000;
// Ids remembered to drop duplicates: many more than can wait to be shown.
const MOST_SEEN = 50000;

let live = null;
let mark = null;
let wait = ASK_MS;
let isStopped = false;
let asking = 0;
let isAsking = false;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
// The token in the address is enough, so no cookies are sent. A slow request times out and is retried.
const get = (address) => fetch(address, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(8000) });

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// --- Which live runs ----------------------------------------------------------------------------

async function ask() {
  if (isAsking || isStopped) return;
  isAsking = true;
  clearTimeout(asking);
  try {
    const answer = await get(mark === null ? root.dataset.now : `${root.dataset.now}?tests=${mark}`);
    if (answer.status === 404) return stop();
    if (!answer.ok) throw new Error(`answered with ${answer.status}`);
    await heed(await answer.json());
    wait = ASK_MS;
  } catch {
    // No server or no connection: queued alerts are still shown, and the retry waits longer each time.
    wait = Math.min(wait * 1.5, SLOWEST_ASK_MS);
  }
  isAsking = false;
  asking = setTimeout(ask, wait);
}

async function heed(news) {
  tell("overlay:settings", news.settings);
  if (root.dataset.demo) return;
  mark = news.mark;
  if (news.unsaid.length) tell("overlay:unsaid", news.unsaid);
  for (const html of news.tests) tell("overlay:row", { row: parse(html).firstElementChild, isTest: true });
  if (news.session?.id === live?.id) return;
  if (live) {
    hangUp();
    await readToTheEnd();
  }
  live = news.session && begin(news);
  if (live) listen();
}

// The remembered cursor wins. A live that was already running starts at the server's cursor, a newer one at its first
// gift.
function begin({ session, cursor }) {
  const known = recall(session.id);
  const from = known?.cursor ?? cursor ?? 0;
  const begun = {
    ...session,
    cursor: from,
    shownTo: from,
    seen: new Set(known?.shown),
    shown: new Set(known?.shown),
    taps: [],
  };
  remember(begun);
  return begun;
}

// The creator has replaced the address: stop showing and asking.
function stop() {
  isStopped = true;
  hangUp();
  tell("overlay:clear");
  forget();
}

// --- The live's feed ----------------------------------------------------------------------------

let source = null;
let redial = 0;
let watch = 0;
let opening = 0;
let failures = 0;
let isPolling = false;
let polling = 0;

function take(html) {
  const content = parse(html);
  for (const row of content.querySelectorAll("[data-tap]")) {
    const id = Number(row.dataset.tap);
    live.cursor = row.dataset.cursor;
    live.taps.push({ id, cursor: live.cursor });
    if (live.seen.has(id)) continue;
    live.seen.add(id);
    if (live.seen.size > MOST_SEEN) live.seen.delete(live.seen.values().next().value);
    tell("overlay:row", { row });
  }
  forgetShown();
}

function listen() {
  clearTimeout(redial);
  if (isStopped || !live || live.isOver || source) return;
  source = new EventSource(`${live.events}?overlay=1&after=${live.cursor}`);
  source.onmessage = ({ data }) => {
    hear();
    take(data);
  };
  source.addEventListener("beat", hear);
  source.addEventListener("board", hear);
  source.addEventListener("again", () => {
    hangUp();
    redial = setTimeout(listen, 200 + Math.random() * 800);
  });
  source.addEventListener("end", finish);
  source.onerror = lose;
  waitForWord();
  opening = setTimeout(askMeanwhile, OPENING_MS);
}

function hear() {
  clearTimeout(opening);
  clearTimeout(polling);
  isPolling = false;
  failures = 0;
  waitForWord();
}

function waitForWord() {
  clearTimeout(watch);
  watch = setTimeout(lose, SILENCE_MS);
}

function hangUp() {
  for (const timer of [watch, opening, redial, polling]) clearTimeout(timer);
  isPolling = false;
  source?.close();
  source = null;
}

function finish() {
  hangUp();
  live.isOver = true;
}

function lose() {
  hangUp();
  if (isStopped || !live || live.isOver) return;
  redial = setTimeout(listen, TRY_AGAIN_MS[Math.min(failures, TRY_AGAIN_MS.length - 1)] * (1 + Math.random() / 4));
  failures += 1;
  askMeanwhile();
}

function askMeanwhile() {
  if (isPolling || isStopped || !live || live.isOver) return;
  isPolling = true;
  poll();
}

async function poll() {
  const of = live;
  try {
    const answer = await get(`${of.feed}?after=${of.cursor}`);
    // The stream may be back, or another live may have started, during the request.
    if (!isPolling || live !== of) return;
    if (answer.status === 286) return finish();
    if (answer.status === 200) take(await answer.text());
  } catch {
    // No connection: the next poll repeats this request, with the same cursor.
  }
  // A later poll may have been answered first and have set the timer.
  clearTimeout(polling);
  if (isPolling && live === of) polling = setTimeout(poll, POLL_MS);
}

// The live has ended while the stream was away: read its last taps before the next live starts.
async function readToTheEnd() {
  while (!live.isOver) {
    const answer = await get(`${live.feed}?after=${live.cursor}`);
    if (answer.status === 200) take(await answer.text());
    else if (answer.status === 204 || answer.status === 286) live.isOver = true;
    else throw new Error(`answered with ${answer.status}`);
  }
}

// --- Memory of shown taps -----------------------------------------------------------------------

// Combos show taps out of order. Keep the place up to which every tap was shown, and the ids shown behind it.
function forgetShown() {
  while (live.taps.length && live.shown.has(live.taps[0].id)) {
    const { id, cursor } = live.taps.shift();
    live.shownTo = cursor;
    live.shown.delete(id);
  }
  remember(live);
}

function note(taps) {
  if (!live) return;
  for (const tap of taps) if (live.seen.has(tap)) live.shown.add(tap);
  forgetShown();
}

// Without localStorage a reloaded source starts with the next tap.
function remember({ id, shownTo, shown }) {
  try {
    localStorage.setItem(root.dataset.memory, JSON.stringify({ id, cursor: shownTo, shown: [...shown] }));
  } catch (reason) {
    console.info(`Nothing can be remembered: ${reason.message}`);
  }
}

function recall(id) {
  try {
    const known = JSON.parse(localStorage.getItem(root.dataset.memory));
    return known?.id === id ? known : null;
  } catch (reason) {
    console.info(`Nothing could be remembered: ${reason.message}`);
    return null;
  }
}

function forget() {
  try {
    localStorage.removeItem(root.dataset.memory);
  } catch (reason) {
    console.info(`Nothing could be forgotten: ${reason.message}`);
  }
}

// --- ?demo=1: examples, over and over -----------------------------------------------------------

function playDemo() {
  const rows = [...document.getElementById("examples").content.children];
  let turn = 0;
  const pass = () => {
    const row = rows[turn % rows.length];
    turn += 1;
    const { quantity, coins } = row.dataset;
    // A combo arrives as single taps.
    for (let time = 0; time < quantity; time += 1) {
      const one = row.cloneNode(true);
      Object.assign(one.dataset, { quantity: 1, coins: coins / quantity });
      setTimeout(() => tell("overlay:row", { row: one, isTest: true }), time * 300);
    }
  };
  pass();
  setInterval(() => {
    if (!isStopped) pass();
  }, 7000);
}

document.addEventListener("overlay:shown", ({ detail: taps }) => note(taps));
addEventListener("online", () => {
  ask();
  listen();
});
if (new URLSearchParams(location.search).has("demo")) {
  root.dataset.demo = "yes";
  playDemo();
}
ask();
