// A line at the foot of the page when a request of htmx gets no usable answer, until the next try. Every form may be
// sent again: the server counts it once.
//
// Listens to htmx:beforeRequest, htmx:sendError, htmx:timeout, htmx:responseError. Sends no event.

const NO_ANSWER = "No answer yet. Try it again in a moment: what has arrived counts once.";
const OUT_OF_DATE = "This page is out of date, and nothing was changed.";
let line = null;

function clear() {
  line?.remove();
  line = null;
}

function say(words, canReload) {
  clear();
  line = document.createElement("div");
  line.className = "notice bad unanswered no-print";
  line.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = words;
  line.append(text);
  if (canReload) line.append(reloader());
  // A popover is shown above an open dialog.
  line.popover = "manual";
  document.body.append(line);
  line.showPopover?.();
}

function reloader() {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button quiet small", textContent: "Load it again" });
  button.dataset.reload = "";
  return button;
}

document.addEventListener("htmx:beforeRequest", clear);
document.addEventListener("htmx:sendError", () => say(NO_ANSWER));
document.addEventListener("htmx:timeout", () => say(NO_ANSWER));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const isTheirs = detail.xhr.status < 500;
  say(isTheirs ? OUT_OF_DATE : NO_ANSWER, isTheirs);
});
