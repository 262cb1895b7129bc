// A widget of the overlay: asks for its content every few seconds and puts it in place when it has changed. A page whose
// address was replaced goes blank and stops.
//
// Listens to online. Sends no event.

const place = document.getElementById("widget");
const ASK_MS = 3000;
const SLOWEST_ASK_MS = 9000;
let { mark } = place.dataset;
let wait = ASK_MS;
let timer = 0;

async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetch(`${location.pathname}?seen=${mark}`, {
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(6000),
    });
    if (answer.status === 404) return place.replaceChildren();
    if (answer.status === 200) show(await answer.text(), answer.headers.get("X-Mark"));
    wait = answer.ok ? ASK_MS : Math.min(wait * 1.5, SLOWEST_ASK_MS);
  } catch {
    // No server or no connection: the widget shows what it had.
    wait = Math.min(wait * 1.5, SLOWEST_ASK_MS);
  }
  timer = setTimeout(ask, wait);
}

function show(html, changed) {
  const template = document.createElement("template");
  template.innerHTML = html;
  place.replaceChildren(template.content);
  mark = changed;
}

addEventListener("online", ask);
timer = setTimeout(ask, ASK_MS);
