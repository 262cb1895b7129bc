// The studio, as soon as the feed or the board has something new (feed.js). What it shows is asked for anew (again.js):
// one creator looks at it, and it says more than a row of the feed does.

const refresh = (id) => document.dispatchEvent(new CustomEvent("again:now", { detail: id }));

document.addEventListener("feed:rows", () => refresh("activity"));
document.addEventListener("feed:board", ({ detail: content }) => {
  refresh("activity");
  if (content.querySelector("#comments")) refresh("moderation");
});
// The answer leads to the summary.
document.addEventListener("feed:over", () => refresh("activity"));
document.body.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && target.closest("#test-form, #change")) refresh("activity");
});

// --- What is said once --------------------------------------------------------------------------

let isReached = Boolean(document.querySelector("#goal-card[data-reached]"));
document.body.addEventListener("htmx:afterSettle", () => {
  const words = document.getElementById("goal-card")?.dataset.reached;
  if (words && !isReached) document.getElementById("news-line").textContent = words;
  isReached = Boolean(words);
});
