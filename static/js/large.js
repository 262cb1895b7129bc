// Large gifts on the stage, one after the other, by rank: 1 crosses, 2 crosses with light and the giver's name, 3 turns
// the whole stage gold. A reached goal has a moment, too. More of the same combo count up in the moment shown or
// queued. At most a dozen wait; further ones only have their lane. crossing.js loads this script.
//
// Listens to room:moment, board:comments (a removed message leaves its moment), feed:over.
// Sends beat (may this move now? room.js prevents it if not).

const place = document.getElementById("crossing");
const stage = document.getElementById("stage");
const MOMENT_MS = { 1: 2000, 2: 4000, 3: 5000, goal: 4000 };
// A growing combo extends its moment by this much at most.
const LONGER_MS = 4000;
const MOST_WAITING = 12;
const PIECES = 28;

let moments = [];
let timer = 0;

function take(gift) {
  if (document.hidden) return;
  const same = moments.find((one) => one.combo === gift.combo && !gift.words);
  if (same) return countUp(same, gift.quantity);
  if (moments.length > MOST_WAITING) return;
  moments.push({ ...gift });
  if (moments.length === 1) show();
}

const isOnBeat = () => document.dispatchEvent(new CustomEvent("beat", { cancelable: true }));

function show() {
  if (!isOnBeat()) {
    timer = setTimeout(show, 40);
    return;
  }
  const [moment] = moments;
  const element = document.getElementById("moment").content.firstElementChild.cloneNode(true);
  element.dataset.rank = moment.rank;
  element.querySelector("img").src = moment.art;
  element.querySelector("strong").textContent = moment.name;
  element.querySelector("strong + span").textContent = moment.gift;
  element.querySelector("q").textContent = moment.words;
  Object.assign(moment, { element, since: Date.now() });
  drawTimes(moment);
  place.replaceChildren(element);
  lightUp(moment.rank);
  leaveIn(MOMENT_MS[moment.rank]);
}

// The effect of a rank on the whole stage, behind its panels.
function lightUp(rank) {
  stage.querySelector(":scope > :is(.light, .gold)")?.remove();
  if (rank !== 2 && rank !== 3) return;
  const sheet = document.createElement("div");
  sheet.className = rank === 2 ? "light" : "gold";
  if (rank === 3) sheet.append(...Array.from({ length: PIECES }, piece));
  place.after(sheet);
}

function piece(_, number) {
  const one = document.createElement("i");
  one.style.left = `${(number * 37) % 100}%`;
  one.style.animationDelay = `${(number * 53) % 1400}ms`;
  return one;
}

// A growing combo extends its moment, but only if no other waits.
function countUp(moment, quantity) {
  moment.quantity += quantity;
  if (!moment.element) return;
  drawTimes(moment);
  const whole = MOMENT_MS[moment.rank];
  const left = moment.since + whole + LONGER_MS - Date.now();
  if (moments.length === 1) leaveIn(Math.min(whole, Math.max(0, left)));
}

function drawTimes(moment) {
  const before = moment.element.querySelector(".times");
  const times = isOnBeat() ? before.cloneNode() : before;
  times.textContent = moment.quantity > 1 ? `×${moment.quantity}` : "";
  if (times !== before) before.replaceWith(times);
}

function leaveIn(wait) {
  clearTimeout(timer);
  timer = setTimeout(leave, wait);
}

function leave() {
  moments.shift();
  lightUp();
  if (moments.length) show();
  else place.replaceChildren();
}

// The list has the newest comments. A message that is newer than its oldest line and isn't in it has been removed, and
// so has any message if the list is empty.
function forgetRemoved(list) {
  const told = [...list.querySelectorAll("[data-comment]")].map((line) => Number(line.dataset.comment));
  const oldest = told.length ? Math.min(...told) : 0;
  for (const moment of moments) {
    if (!moment.comment || told.includes(moment.comment) || moment.comment < oldest) continue;
    moment.words = "";
    moment.element?.querySelector("q").replaceChildren();
  }
}

document.addEventListener("room:moment", ({ detail }) => take(detail));
document.addEventListener("board:comments", ({ detail: list }) => forgetRemoved(list));
document.addEventListener("feed:over", () => {
  clearTimeout(timer);
  moments = [];
  lightUp();
  place.replaceChildren();
});
