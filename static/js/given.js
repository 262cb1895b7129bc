// "Given in this live": the server's number, plus each of the viewer's own taps in the feed, from any tab. The feed
// starts where that number ends and brings each tap once, so no further request is needed.
//
// Listens to feed:rows, feed:over. Sends no event.

const meter = document.getElementById("given");
const faces = document.getElementById("lanes").dataset.faces.split(" ");
const known = new Set();
let given = Number(meter.value);

const whole = (number) => number.toLocaleString("en-US");
const coins = () => `${whole(given)} ${given === 1 ? "coin" : "coins"}`;

function dollars() {
  const micros = given * Number(meter.dataset.coinMicros);
  const digits = String(micros % 1e6)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `$${whole(Math.floor(micros / 1e6))}.${digits}`;
}

document.addEventListener("feed:rows", ({ detail: content }) => {
  for (const row of content.querySelectorAll("[data-tap]")) {
    const isOwn = faces.includes(row.dataset.combo.split("-")[0]);
    if (!isOwn || known.has(row.dataset.tap)) continue;
    known.add(row.dataset.tap);
    given += Number(row.dataset.coins);
  }
  meter.value = given;
  meter.textContent = `${coins()} · ${dollars()}`;
});

// The stream's end card is the same for every viewer, so the sentence is filled in here. A page loaded after the end
// gets it from the server.
document.addEventListener("feed:over", () => {
  const sentence = document.getElementById("you-gave");
  if (!sentence?.hidden || !given) return;
  sentence.textContent = `You gave ${coins()} (${dollars()}) in this live.`;
  sentence.hidden = false;
});
