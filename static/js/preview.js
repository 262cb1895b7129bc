// The preview of a live before it starts, as its form is typed. Without this script it shows the choices of last time.
//
// Listens to input of #start. Sends no event.

const form = document.getElementById("start");
const part = (name) => document.getElementById(`preview-${name}`);
const tray = part("tray");
// With too few followers the tray stays closed, whatever the form says.
const canOpen = !form.dataset.missing;

// `data-whole` is the server's pattern for whole numbers.
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
// After a reload a browser restores typed values without an input event.
show();
