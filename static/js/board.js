// The board: what stands beside the gifts, each part put where its id is. A part that another file looks after says so
// with `data-kept`; it hears of `board:<id>` instead.

document.addEventListener("feed:board", ({ detail: content }) => {
  for (const part of [...content.children]) {
    const here = part.id && document.getElementById(part.id);
    if (!here) continue;
    if ("kept" in here.dataset) document.dispatchEvent(new CustomEvent(`board:${part.id}`, { detail: part }));
    else if (here.outerHTML !== part.outerHTML) here.replaceWith(part);
  }
});
