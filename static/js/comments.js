// Comments: merges the board's lines into the list, and sends the reader's own. Without this script: a list and a form.
//
// The form holds the id of the next comment; each answer brings a new id. Until an answer arrives the text stays, and a
// retry uses the same id, so the server writes the comment once.
//
// Listens to board:comments, feed:same, feed:over, and the form's submit.
// Sends feed:ask (fetch the board now).

const list = document.getElementById("comments");
const form = document.getElementById("say");
const field = document.getElementById("say-text");
const shelf = `unsent comment ${location.pathname}`;
const PATIENCE_MS = 8000;
// A board read before the reader's own comment was written may arrive after it.
const OWN_MS = 3000;
const SAY_MS = 5000;

const idOf = (line) => Number(line.dataset.comment);
const lineOf = (id) => [...list.children].find((line) => idOf(line) === id);

function read(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// --- The list -----------------------------------------------------------------------------------

let told = new Set();

function merge(part) {
  // Clone: a line moves into the list, and large.js reads the same part after this script.
  const lines = [...part.cloneNode(true).children];
  told = new Set(lines.map(idOf));
  dropUntold();
  for (const line of lines) {
    const here = lineOf(idOf(line));
    if (!here) announce(line);
    put(line, here);
  }
}

// Remove lines that the board doesn't list. A line that this page sent stays for OWN_MS, because the board may be
// older.
function dropUntold() {
  for (const line of [...list.children].filter((one) => !told.has(idOf(one)))) {
    const left = OWN_MS - (Date.now() - (line.dataset.sent ?? 0));
    if (left > 0) setTimeout(dropUntold, left);
    else line.remove();
  }
}

function put(line, here) {
  if (here && here.cloneNode(true).outerHTML === line.outerHTML) return;
  if (here) here.replaceWith(line);
  else list.insertBefore(line, [...list.children].find((other) => idOf(other) > idOf(line)) ?? null);
  edges.observe(line);
}

// A bubble is shown whole or not at all, wherever the list is scrolled. One that is higher than the list stays.
const edges = new IntersectionObserver(
  (seen) => {
    for (const { target, intersectionRatio: part, boundingClientRect: own, rootBounds: all } of seen)
      target.classList.toggle("cut", part < 0.99 && own.height <= (all?.height ?? 0));
  },
  { root: list.parentElement, threshold: [0, 0.5, 0.9, 0.99, 1] },
);
for (const line of list.children) edges.observe(line);

// A comment that was written and removed between two reads of the board never changes its mark, so no event removes the
// line here. Fetch the board to find out.
function lookAgain(id) {
  if (lineOf(id) && !told.has(id)) document.dispatchEvent(new CustomEvent("feed:ask"));
}

document.addEventListener("board:comments", ({ detail: part }) => merge(part));
document.addEventListener("feed:same", dropUntold);
document.addEventListener("feed:over", () => {
  document.getElementById("talk").remove();
  form.remove();
});

// --- The screen reader's summary, every few seconds ---------------------------------------------

let unsaid = [];
let saying = 0;

function announce(line) {
  unsaid.push(line.querySelector("p").textContent.replace(/\s+/g, " "));
  if (!saying) saying = setTimeout(speak, SAY_MS);
}

function speak() {
  const more = unsaid.length > 2 ? ` And ${unsaid.length - 2} more.` : "";
  const words = document.createElement("p");
  words.textContent = unsaid.slice(-2).join(". ") + more;
  document.getElementById("comments-said")?.replaceChildren(words);
  unsaid = [];
  saying = 0;
}

// --- Sending ------------------------------------------------------------------------------------

let isSending = false;

async function send() {
  const text = field.value;
  if (isSending || !text.trim()) return;
  isSending = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await hear(answer, text);
  } catch {
    say("No answer yet. Your comment is kept: send it again, it is shown once.");
  }
  isSending = false;
}

async function hear(answer, text) {
  if (answer.headers.get("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
  const isUnderstood = answer.ok || [409, 422, 429].includes(answer.status);
  if (!isUnderstood && answer.status < 500) return sayOutOfDate(text);
  if (!isUnderstood) return say("No answer yet. Your comment is kept: send it again, it is shown once.");
  const content = read(await answer.text());
  const next = content.getElementById("comment-id");
  if (next) document.getElementById("comment-id").replaceWith(next);
  const words = content.getElementById("comment-line");
  if (words) return say(words.textContent);
  say("");
  if (field.value === text) field.value = "";
  const line = content.firstElementChild;
  line.dataset.sent = Date.now();
  if (lineOf(idOf(line))) return;
  put(line);
  setTimeout(lookAgain, OWN_MS, idOf(line));
}

function say(text) {
  const line = document.getElementById("comment-line");
  if (!line) return;
  line.textContent = text;
  field.toggleAttribute("aria-invalid", false);
  if (text) field.setAttribute("aria-describedby", line.id);
  else field.removeAttribute("aria-describedby");
}

// sessionStorage keeps the text for the field of the reloaded page.
function sayOutOfDate(text) {
  sessionStorage.setItem(shelf, text);
  say("This page is out of date. ");
  document
    .getElementById("comment-line")
    ?.append(read('<button class="button quiet small" type="button" data-reload>Load it again</button>'));
}

if (field) {
  field.value ||= sessionStorage.getItem(shelf) ?? "";
  sessionStorage.removeItem(shelf);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}
