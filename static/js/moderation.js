// The studio's comments, which refresh by themselves (again.js): a row doesn't move away under a finger that is about to
// press its button, and who has scrolled back stays where they are.

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
