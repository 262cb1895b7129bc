// The combo button: quick presses of one gift add up on it, with coins and dollars beside it, while its ring runs.
// Meanwhile a button stands in place of the sentence on who gets what.
//
// Listens to tap:pressed, tap:refused, feed:over; click in the tray.
// Sends beat (may this move now? room.js prevents it if not).

const tray = document.getElementById("tray");
const COMBO_MS = 4000;
let combo = { gift: "", count: 0, timer: 0 };

const whole = (number) => number.toLocaleString("en-US");
const offerOf = (slug) => tray.querySelector(`.offer[data-gift="${CSS.escape(slug)}"]`);
const isOnBeat = () => document.dispatchEvent(new CustomEvent("beat", { cancelable: true }));

function dollars(micros) {
  const digits = String(micros % 1e6)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `$${whole(Math.floor(micros / 1e6))}.${digits}`;
}

function word(offer, count) {
  const { name, coins, paid, creator, kept } = offer.dataset;
  const unit = coins * count === 1 ? "coin" : "coins";
  const times = count > 1 ? ` ×${count}` : "";
  offer.querySelector(".sum").textContent =
    `${name}${times} · ${whole(coins * count)} ${unit} · ${dollars(paid * count)}`;
  const goes = offer.querySelector(".goes");
  const { site } = document.documentElement.dataset;
  goes.textContent = `${goes.dataset.creator} gets ${dollars(creator * count)}, ${site} keeps ${dollars(kept * count)}`;
}

function showWhere(offer, isShown) {
  offer.querySelector(".goes").hidden = !isShown;
  offer.querySelector(".where").hidden = isShown;
}

function countCombo(offer) {
  const gift = offer.dataset.gift;
  if (combo.gift !== gift) {
    endCombo();
    showWhere(offer, false);
  }
  combo.gift = gift;
  combo.count += 1;
  const button = offer.querySelector(".combo");
  // An expensive gift is asked about each time, so a count begins with the second.
  const isAlone = combo.count === 1 && "asks" in offer.dataset;
  button.querySelector("span").textContent = isAlone ? "Send" : `×${combo.count}`;
  word(offer, combo.count);
  button.classList.remove("running", "bump");
  void button.offsetWidth;
  button.classList.add("running");
  if (isOnBeat()) button.classList.add("bump");
  clearTimeout(combo.timer);
  combo.timer = setTimeout(endCombo, COMBO_MS);
}

function endCombo() {
  clearTimeout(combo.timer);
  const offer = combo.gift ? offerOf(combo.gift) : null;
  combo = { gift: "", count: 0, timer: 0 };
  const button = offer?.querySelector(".combo");
  if (!button) return;
  button.classList.remove("running", "bump");
  button.querySelector("span").textContent = "Send";
  showWhere(offer, true);
  word(offer, 1);
}

tray.addEventListener("click", (event) => {
  const offer = event.target.closest(".where")?.closest(".offer");
  if (!offer) return;
  showWhere(offer, true);
  offer.querySelector(".goes").focus();
});

document.addEventListener("tap:pressed", ({ detail: tap }) => {
  const offer = offerOf(tap.gift);
  if (offer) countCombo(offer);
});
document.addEventListener("tap:refused", endCombo);
document.addEventListener("feed:over", endCombo);
