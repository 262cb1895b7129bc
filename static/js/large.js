// Large gifts cross the stage one after the other, two seconds each. More of the same combo count up in the moment
// shown or queued. At most a dozen wait; further ones only have their lane.
//
// Listens to room:large, feed:over.
// Sends beat (may this move now? room.js prevents it if not).

const place = document.getElementById("crossing");
const MOMENT_MS = 2000;
const LONGEST_MS = 6000;
const MOST_WAITING = 12;

let moments = [];
let timer = 0;

function take(gift) {
  if (document.hidden) return;
  const same = moments.find((one) => one.combo === gift.combo);
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
  element.querySelector("img").src = moment.art;
  element.querySelector("strong").textContent = moment.name;
  element.querySelector("strong + span").textContent = moment.gift;
  Object.assign(moment, { element, since: Date.now() });
  drawTimes(moment);
  place.replaceChildren(element);
  leaveIn(MOMENT_MS);
}

// A growing combo extends its moment up to LONGEST_MS, but only if no other waits.
function countUp(moment, quantity) {
  moment.quantity += quantity;
  if (!moment.element) return;
  drawTimes(moment);
  const left = moment.since + LONGEST_MS - Date.now();
  if (moments.length === 1) leaveIn(Math.min(MOMENT_MS, Math.max(0, left)));
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
  if (moments.length) show();
  else place.replaceChildren();
}

document.addEventListener("room:large", ({ detail }) => take(detail));
document.addEventListener("feed:over", () => {
  clearTimeout(timer);
  moments = [];
  place.replaceChildren();
});
