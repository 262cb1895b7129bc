// The studio's list of comments while it refreshes (again.js): no refresh while the pointer or focus is on a row's
// button, and the scroll position stays.
//
// Listens to again:ask (prevents it), again:answer, htmx:beforeSwap, htmx:afterSettle. Sends no event.

const panel = () => document.getElementById("moderation");
const rows = () => panel()?.querySelector(":scope > .rows");
let below = null;

function remember() {
  below = rows()?.scrollTop ? rows().scrollHeight - rows().scrollTop : null;
}

document.addEventListener("again:ask", (event) => {
  if (event.target === panel() && panel().querySelector(".rows form:is(:hover, :focus-within)")) event.preventDefault();
});

document.addEventListener("again:answer", ({ target }) => {
  if (target === panel()) remember();
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target === panel()) remember();
});

document.addEventListener("htmx:afterSettle", () => {
  if (below !== null && rows()) rows().scrollTop = rows().scrollHeight - below;
  below = null;
});
