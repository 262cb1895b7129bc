// The studio, as soon as the feed or the board has something new (feed.js). What it shows is asked for anew: one creator
// looks at it, and it says more than a row of the feed does. At most twice a second, and never two requests at once.

const PAUSE_MS = 500;
let isStale = false;
let isAsking = false;

async function refresh() {
  isStale = true;
  if (isAsking) return;
  isAsking = true;
  while (isStale) {
    isStale = false;
    const activity = document.getElementById("activity");
    await window.htmx.ajax("GET", activity.getAttribute("hx-get"), { target: activity, swap: "outerHTML" }).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  isAsking = false;
}

document.addEventListener("feed:rows", refresh);
document.addEventListener("feed:board", ({ detail: content }) => {
  refresh();
  if (content.querySelector("#comments")) window.htmx.trigger("#moderation", "news");
});
// The answer leads to the summary.
document.addEventListener("feed:over", refresh);
document.body.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && target.closest("#test-form, #change")) refresh();
});

// --- What is said once --------------------------------------------------------------------------

let isReached = Boolean(document.querySelector("#goal-card[data-reached]"));
document.body.addEventListener("htmx:afterSettle", () => {
  const words = document.getElementById("goal-card")?.dataset.reached;
  if (words && !isReached) document.getElementById("news-line").textContent = words;
  isReached = Boolean(words);
});
