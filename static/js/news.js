// Parts of the board that the stage shows once: a test gift, and that the goal is reached. A test gift is no tap: it
// has its own lane and is in no combo, sum or count.
//
// Listens to board:test-gifts, feed:board.
// Sends room:gift (a test's row) and room:large (the goal, to be shown large).

const MOST_LANES = 5;
const shown = new Set();
const say = (words) => {
  document.getElementById("news-line").textContent = words;
};

function showTests(list) {
  for (const row of list.querySelectorAll("[data-test]")) {
    if (!shown.has(row.dataset.test)) showTest(row.cloneNode(true));
    shown.add(row.dataset.test);
  }
}

function showTest(row) {
  const lanes = document.getElementById("lanes");
  if (!lanes) return;
  row.dataset.seen = Date.now();
  const [name, gift] = row.querySelectorAll(":scope > span:not(.avatar, .times) > *");
  document.dispatchEvent(new CustomEvent("room:gift", { detail: row }));
  // The reader's own lane stays the last one.
  lanes.insertBefore(row, lanes.querySelector(":scope > .own"));
  while (lanes.querySelectorAll(":scope > :not(.own)").length > MOST_LANES)
    lanes.querySelector(":scope > :not(.own)").remove();
  say(`${name.textContent}: ${gift.textContent}.`);
}

// --- The goal -----------------------------------------------------------------------------------

let isReached = Boolean(document.querySelector("#goal[data-reached]"));

function lookAtGoal(goal) {
  const words = goal?.dataset.reached;
  if (words && !isReached) {
    goal.classList.add("just-reached");
    say(words);
    const { aim, art } = goal.dataset;
    const detail = { combo: `goal-${aim}`, rank: "goal", quantity: 1, name: "Goal reached", gift: aim, art, words: "" };
    document.dispatchEvent(new CustomEvent("room:large", { detail }));
  }
  if (goal) isReached = Boolean(words);
}

document.addEventListener("board:test-gifts", ({ detail: list }) => showTests(list));
document.addEventListener("feed:board", ({ detail: content }) => lookAtGoal(content.querySelector("#goal")));
