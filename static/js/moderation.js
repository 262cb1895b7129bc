// The studio's two lists while they refresh (again.js): each keeps its scroll position, and the comments aren't
// refreshed while the pointer or focus is on a row's button.
//
// Listens to again:ask (prevents it), again:answer, htmx:beforeSwap, htmx:afterSettle. Sends no event.

const LISTS = { activity: ".panel > .rows", moderation: ":scope > .rows" };
const panel = () => document.getElementById("moderation");
const rows = (id) => document.getElementById(id)?.querySelector(LISTS[id]);
// By id of a list: the pixels below its upper edge, so that rows that come in above don't move those in view.
const below = new Map();

function remember({ id }) {
  if (LISTS[id] && rows(id)?.scrollTop) below.set(id, rows(id).scrollHeight - rows(id).scrollTop);
}

document.addEventListener("again:ask", (event) => {
  if (event.target === panel() && panel().querySelector(".rows form:is(:hover, :focus-within)")) event.preventDefault();
});

document.addEventListener("again:answer", ({ target }) => remember(target));
document.addEventListener("htmx:beforeSwap", ({ detail }) => remember(detail.target));

document.addEventListener("htmx:afterSettle", () => {
  for (const [id, pixels] of below) if (rows(id)) rows(id).scrollTop = rows(id).scrollHeight - pixels;
  below.clear();
});
