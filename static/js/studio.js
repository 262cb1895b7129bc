// The studio follows the feed (feed.js): it asks again.js for its lists when feed or board change. Rows of the feed
// alone would not do, because the studio shows more of each gift.
//
// Listens to feed:rows, feed:board, feed:over, htmx:afterRequest, htmx:afterSettle.
// Sends again:now (an id to refresh).

const refresh = (id) => document.dispatchEvent(new CustomEvent("again:now", { detail: id }));

document.addEventListener("feed:rows", () => refresh("activity"));
document.addEventListener("feed:board", ({ detail: content }) => {
  refresh("activity");
  if (content.querySelector("#comments")) refresh("moderation");
});
// After the end the answer redirects to the summary.
document.addEventListener("feed:over", () => refresh("activity"));
document.body.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && target.closest("#test-form, #change")) refresh("activity");
});

// --- The goal, announced once -------------------------------------------------------------------

let isReached = Boolean(document.querySelector("#goal-card[data-reached]"));
document.body.addEventListener("htmx:afterSettle", () => {
  const words = document.getElementById("goal-card")?.dataset.reached;
  if (words && !isReached) document.getElementById("news-line").textContent = words;
  isReached = Boolean(words);
});
