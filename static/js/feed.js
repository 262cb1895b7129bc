// The feed for room and studio: a stream, and polling while there is none. Addresses are those of [data-feed].
//
// Listens to feed:ask (fetch the board now) and visibilitychange; of the stream, to its rows, board, beat, again, end.
// Sends feed:rows (fragment: rows, points, cursor), feed:board (fragment: parts of the board), feed:same (the board
// hasn't changed) and feed:over (HTML of the end card).

const place = document.querySelector("[data-feed]");
const line = document.getElementById("feed-line");
const POLL_MS = 1500;
const SLOWEST_POLL_MS = 15000;
// Pauses before the next connection after a failure, and the silence after which a stream counts as broken.
const TRY_AGAIN_MS = [4000, 15000, 60000, 300000];
const SILENCE_MS = 40000;
// Polling starts if a stream takes longer than this to open: a proxy may buffer it, and over HTTP/1.1 a browser opens
// six connections to a site and queues the seventh.
const OPENING_MS = 3000;

let cursor = place.dataset.cursor;
let mark = "";
let isOver = false;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const say = (text) => {
  if (line.textContent !== text) line.textContent = text;
};

function take(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  cursor = template.content.querySelector("#feed-cursor")?.value ?? cursor;
  tell("feed:rows", template.content);
}

function takeBoard(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  mark = template.content.querySelector("#board-mark")?.value ?? "";
  tell("feed:board", template.content);
}

function finish(html) {
  if (isOver) return;
  isOver = true;
  hangUp();
  stopPolling();
  say("");
  tell("feed:over", html);
}

// --- The stream ---------------------------------------------------------------------------------

let source = null;
let redial = 0;
let failures = 0;
let watch = 0;
let opening = 0;

function listen() {
  clearTimeout(redial);
  if (isOver || document.hidden || source) return;
  source = new EventSource(`${place.dataset.events}?after=${cursor}`);
  source.onmessage = ({ data }) => {
    hear();
    take(data);
  };
  source.addEventListener("beat", hear);
  source.addEventListener("board", ({ data }) => {
    hear();
    takeBoard(data);
  });
  source.addEventListener("again", () => {
    hangUp();
    redial = setTimeout(listen, 200 + Math.random() * 1500);
  });
  // The event's card is the same for every listener. The creator's own card comes from a poll.
  source.addEventListener("end", ({ data }) => {
    hangUp();
    polling = true;
    if (place.dataset.own) poll();
    else finish(data);
  });
  source.onerror = lose;
  waitForWord();
  opening = setTimeout(askMeanwhile, OPENING_MS);
}

function hear() {
  clearTimeout(opening);
  if (polling) say("");
  stopPolling();
  waitForWord();
  failures = 0;
}

function waitForWord() {
  clearTimeout(watch);
  watch = setTimeout(lose, SILENCE_MS);
}

function hangUp() {
  clearTimeout(watch);
  clearTimeout(opening);
  source?.close();
  source = null;
}

function lose() {
  hangUp();
  if (isOver || document.hidden) return;
  clearTimeout(redial);
  redial = setTimeout(listen, TRY_AGAIN_MS[Math.min(failures, TRY_AGAIN_MS.length - 1)] * (1 + Math.random() / 4));
  failures += 1;
  askMeanwhile();
}

function askMeanwhile() {
  if (polling || isOver || document.hidden) return;
  say("New gifts come every few seconds for now.");
  polling = true;
  poll();
}

// --- Polling ------------------------------------------------------------------------------------

let polling = false;
let timer = 0;
let wait = POLL_MS;
let asked = 0;

async function poll() {
  clearTimeout(timer);
  if (document.hidden || isOver) return;
  try {
    const answer = await fetch(`${place.dataset.feed}?after=${cursor}`, {
      headers: { "HX-Request": "true" },
      signal: AbortSignal.timeout(8000),
    });
    if (answer.status === 286) return finish(await answer.text());
    if (answer.status === 200) take(await answer.text());
    wait = answer.ok ? POLL_MS : Math.min(wait * 2, SLOWEST_POLL_MS);
    if (polling) say("New gifts come every few seconds for now.");
    if (polling) asked += 1;
    if (polling && asked % 2) await askForBoard();
  } catch {
    wait = Math.min(wait * 2, SLOWEST_POLL_MS);
    if (polling) say("No connection. Trying again.");
  }
  clearTimeout(timer);
  if (polling) timer = setTimeout(poll, wait);
}

// The board is polled half as often as the feed: it may be a few seconds old.
async function askForBoard() {
  const seen = mark;
  const answer = await fetch(`${place.dataset.board}?seen=${seen}`, {
    headers: { "HX-Request": "true" },
    signal: AbortSignal.timeout(8000),
  });
  const board = answer.status === 200 && (await answer.text());
  // The stream may have brought a newer board during the request.
  if (seen !== mark) return;
  if (board) takeBoard(board);
  else if (answer.status === 204) tell("feed:same");
}

// The answer is feed:board or feed:same.
document.addEventListener("feed:ask", async () => {
  try {
    await askForBoard();
  } catch {
    // No connection: stream or poll bring the board when it is back.
  }
});

function stopPolling() {
  clearTimeout(timer);
  polling = false;
  wait = POLL_MS;
}

// A hidden page closes its stream: a browser shares six connections between all tabs of a site.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return hangUp();
  if (polling) poll();
  listen();
});

listen();
