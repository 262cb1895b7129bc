// Marks each gift that costs more coins than the viewer has: its tile and its panel say how many are missing. The page
// comes marked for readers without this script; a tray that a refusal brings doesn't.
//
// Listens to tap:balance.

const tray = document.getElementById("tray");

const whole = (number) => number.toLocaleString("en-US");

function dollars(micros) {
  const digits = String(micros % 1e6)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `$${whole(Math.floor(micros / 1e6))}.${digits}`;
}

function mark(offer, missing) {
  offer.toggleAttribute("data-short", missing > 0);
  if (missing <= 0) return;
  const { coins, paid } = offer.dataset;
  const unit = missing === 1 ? "coin" : "coins";
  const [more, needed] = offer.querySelectorAll("summary > .lack > span");
  more.textContent = `${whole(missing)} more`;
  needed.textContent = `${unit} needed`;
  const sentence = offer.querySelector(".sending .lack");
  sentence.querySelector("strong").textContent = `${whole(missing)} more ${unit}`;
  sentence.querySelector("span").textContent = dollars((paid / coins) * missing);
}

document.addEventListener("tap:balance", ({ detail: balance }) => {
  for (const offer of tray.querySelectorAll(".offer")) mark(offer, offer.dataset.coins - balance);
});
