// The combo button: quick presses of one gift add up on it, with coins and dollars beside it, while its ring runs.
//
// Listens to tap:pressed, tap:refused, feed:over.
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
  goes.textContent = `${goes.dataset.creator} gets ${dollars(creator * count)}, Ovation keeps ${dollars(kept * count)}`;
}

function countCombo(offer) {
  const gift = offer.dataset.gift;
  if (combo.gift !== gift) endCombo();
  combo.gift = gift;
  combo.count += 1;
  const button = offer.querySelector(".combo");
  button.querySelector("span").textContent = `×${combo.count}`;
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
  word(offer, 1);
}

document.addEventListener("tap:pressed", ({ detail: tap }) => {
  const offer = offerOf(tap.gift);
  if (offer) countCombo(offer);
});
document.addEventListener("tap:refused", endCombo);
document.addEventListener("feed:over", endCombo);
