// The overlay's settings: the preview follows the form as it is typed, and a button plays the sound.
//
// Listens to input of the form and to clicks.
// Sends overlay:settings (as typed) and overlay:still (an example row), both for overlay_alerts.js.

const root = document.getElementById("overlay");
const form = document.getElementById("overlay-form");
const screen = document.querySelector(".screen");
const rows = [...document.getElementById("examples").content.children];
const NUMBERS = ["smallest_coins", "seconds", "volume"];
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
let example = 0;

// `data-whole` is the server's pattern for whole numbers.
function wholeOf({ value, dataset }) {
  return new RegExp(`^(?:${dataset.whole})$`).test(value.trim()) ? Number(value.replaceAll(",", "")) : 0;
}

function typed() {
  const settings = Object.fromEntries(new FormData(form));
  for (const name of NUMBERS) settings[name] = wholeOf(form.elements[name]);
  settings.reads_aloud = form.elements.reads_aloud.checked;
  settings.variants = JSON.parse(root.dataset.settings).variants;
  return settings;
}

function show() {
  const settings = typed();
  tell("overlay:settings", settings);
  document.getElementById("volume-now").textContent = `${settings.volume} %`;
  const row = rows[example];
  if (!row) return;
  tell("overlay:still", row);
  const price = row.dataset.coins / row.dataset.quantity;
  const name = row.querySelector("strong + span").textContent.replace(/^sent /, "");
  say(
    "preview-line",
    price < settings.smallest_coins
      ? `Gifts like ${name} (${price.toLocaleString("en-US")} coins) will not be shown.`
      : "",
  );
}

function say(id, text) {
  const line = document.getElementById(id);
  if (line.textContent !== text) line.textContent = text;
}

form.addEventListener("input", show);

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest("[data-example]");
  if (chosen) {
    example = Number(chosen.dataset.example);
    for (const other of document.querySelectorAll("[data-example]"))
      other.setAttribute("aria-pressed", String(other === chosen));
    show();
  }
  const behind = target.closest("[data-behind]");
  if (behind) behind.setAttribute("aria-pressed", String(screen.classList.toggle("light")));
});

document.getElementById("play").addEventListener("click", async () => {
  const { sound, volume } = typed();
  const address = root.dataset[sound];
  if (!address) return say("play-line", "No sound is chosen.");
  const audio = new Audio(address);
  audio.volume = volume / 100;
  try {
    await audio.play();
    say("play-line", volume ? "" : "The volume is 0.");
  } catch (reason) {
    say("play-line", `Your browser didn’t play it: ${reason.message}`);
  }
});

show();
