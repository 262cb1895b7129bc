// Which gifts the stage answers, and how much: by the price of one, the rank is 1, 2 or 3 (data-ranks). large.js shows
// them, and is loaded with its style sheet when the first one comes, since most lives never need it. If that fails, a
// gift has its lane alone, and the next one tries again.
//
// Listens to room:gift (a row) and room:large (a moment that is no gift: a reached goal).
// Sends room:moment (to large.js).

const place = document.getElementById("crossing");
const ranks = place.dataset.ranks.split(" ").map(Number);
let loading = null;

function load(tag, properties) {
  return new Promise((done, fail) => {
    const element = Object.assign(document.createElement(tag), properties, { onload: done, onerror: fail });
    document.head.append(element);
  });
}

async function show(moment) {
  const { script, style } = place.dataset;
  try {
    loading ??= Promise.all([
      load("link", { rel: "stylesheet", href: style }),
      load("script", { type: "module", src: script }),
    ]);
    await loading;
    document.dispatchEvent(new CustomEvent("room:moment", { detail: moment }));
  } catch {
    loading = null;
  }
}

function look(row) {
  const { combo, quantity, coins, price = coins / quantity } = row.dataset;
  const rank = ranks.filter((least) => price >= least).length;
  if (!rank) return;
  row.classList.add("large");
  const [name, gift] = row.querySelectorAll(":scope > span:not(.avatar, .times) > *");
  const said = row.querySelector("q");
  show({
    combo,
    rank,
    quantity: Number(quantity),
    name: name.textContent,
    gift: gift.textContent,
    art: row.querySelector(":scope > img").src,
    words: said?.textContent ?? "",
    comment: Number(said?.dataset.comment ?? 0),
  });
}

document.addEventListener("room:gift", ({ detail: row }) => look(row));
document.addEventListener("room:large", ({ detail: moment }) => show(moment));
