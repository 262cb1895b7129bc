// Parts of the board that the stage shows once: a test gift, and that the goal is reached. A test gift is no tap: it
// has its own lane and is in no combo, sum or count.
//
// Listens to board:test-gifts, feed:board.
// Sends room:large (a gift to show large).

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
  if (Number(row.dataset.price) >= Number(lanes.dataset.large)) {
    row.classList.add("large");
    const detail = {
      combo: row.dataset.combo,
      quantity: Number(row.dataset.quantity),
      name: name.textContent,
      gift: gift.textContent,
      art: row.querySelector(":scope > img").src,
    };
    document.dispatchEvent(new CustomEvent("room:large", { detail }));
  }
  lanes.append(row);
  while (lanes.children.length > MOST_LANES) lanes.firstElementChild.remove();
  say(`${name.textContent}: ${gift.textContent}.`);
}

// --- The goal -----------------------------------------------------------------------------------

let isReached = Boolean(document.querySelector("#goal[data-reached]"));

function lookAtGoal(goal) {
  const words = goal?.dataset.reached;
  if (words && !isReached) {
    goal.classList.add("just-reached");
    say(words);
  }
  if (goal) isReached = Boolean(words);
}

document.addEventListener("board:test-gifts", ({ detail: list }) => showTests(list));
document.addEventListener("feed:board", ({ detail: content }) => lookAtGoal(content.querySelector("#goal")));
