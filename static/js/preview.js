// What the audience will see, as it is typed. Without this file the picture shows what was chosen last time.

const form = document.getElementById("start");
const part = (name) => document.getElementById(`preview-${name}`);
const tray = part("tray");
// Without enough followers no choice opens the tray.
const canOpen = !form.dataset.missing;

// The field says what a whole number is, as the server does.
function wholeOf({ value, dataset }) {
  return new RegExp(`^(?:${dataset.whole})$`).test(value.trim()) ? Number(value.replaceAll(",", "")) : 0;
}

function show() {
  const chosen = Object.fromEntries(new FormData(form));
  const goal = wholeOf(form.elements.goal);
  const target = goal < 1e9 ? goal : 0;
  const isOpen = canOpen && chosen.tray !== "closed";
  part("title").textContent = chosen.title.trim() || "Your title";
  part("goal").hidden = !(isOpen && chosen.goal_kind && target);
  part("target").textContent = target.toLocaleString("en-US");
  part("kind").textContent = chosen.goal_kind === "gifters" ? "different gifters" : "points";
  tray.hidden = !isOpen;
  const { open, closed, video } = part("words").dataset;
  const words = [isOpen ? open : closed, ...(chosen.video_url.trim() ? [video] : [])].join(" ");
  if (part("words").textContent !== words) part("words").textContent = words;
}

form.addEventListener("input", show);
// Also what the browser filled in by itself after a reload.
show();
