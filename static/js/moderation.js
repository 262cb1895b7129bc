// The studio's two lists while they refresh (again.js): each keeps its scroll position and shows only whole rows, and
// the comments aren't refreshed while the pointer or focus is on a row's button.
//
// Listens to again:ask (prevents it), again:answer, htmx:beforeSwap, htmx:afterSwap, htmx:afterSettle, and scroll.
// Sends no event.

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
  showWhole();
});

// A row that an edge of its list would cut is hidden, unless it is higher than the list.
function hideCut(list) {
  const { top, bottom } = list.getBoundingClientRect();
  const boxes = [...list.children].map((row) => row.getBoundingClientRect());
  for (const [number, box] of boxes.entries()) {
    const isCut = box.top < top - 1 || box.bottom > bottom + 1;
    list.children[number].classList.toggle("cut", isCut && box.height < bottom - top);
  }
}

function showWhole() {
  for (const id of Object.keys(LISTS)) if (rows(id)) hideCut(rows(id));
}

document.addEventListener("htmx:afterSwap", showWhole);
// The scroll of a list doesn't bubble, so it is caught on its way down.
document.addEventListener("scroll", ({ target }) => target.matches?.(".panel .rows") && hideCut(target), {
  capture: true,
  passive: true,
});
new ResizeObserver(showWhole).observe(document.documentElement);
document.addEventListener("change", showWhole);
document.fonts.ready.then(showWhole);
