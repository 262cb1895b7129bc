// The board: what stands beside the gifts. Each part replaces the element of its id. A part with `data-kept` is left to
// another script.
//
// Listens to feed:board.
// Sends board:<id> for a part with `data-kept`: board:comments, board:test-gifts, board:video-address.

document.addEventListener("feed:board", ({ detail: content }) => {
  for (const part of [...content.children]) {
    const here = part.id && document.getElementById(part.id);
    if (!here) continue;
    if ("kept" in here.dataset) document.dispatchEvent(new CustomEvent(`board:${part.id}`, { detail: part }));
    else if (here.outerHTML !== part.outerHTML) here.replaceWith(part);
  }
});
