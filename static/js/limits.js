// Dollars beside the coins of a spending limit, as they are typed. Without this script they are those of saved limits.
//
// Listens to input and htmx:afterSettle. Sends no event.

const MOST_DIGITS = 9;

function dollars(micros) {
  const digits = String(micros % 1e6)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `$${Math.floor(micros / 1e6).toLocaleString("en-US")}.${digits}`;
}

// `data-whole` is the server's pattern for whole numbers.
function wholeOf({ value, dataset }) {
  return new RegExp(`^(?:${dataset.whole})$`).test(value.trim()) ? Number(value.replaceAll(",", "")) : 0;
}

function show(output, form) {
  const coins = wholeOf(form.elements[output.dataset.for]);
  const isShown = coins > 0 && String(coins).length <= MOST_DIGITS;
  output.textContent = isShown ? `${dollars(coins * form.dataset.coinMicros)} ${output.dataset.period}` : "";
}

function showAll(form) {
  for (const output of form.querySelectorAll("[data-period]")) show(output, form);
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-coin-micros]");
  if (form) showAll(form);
});
function begin() {
  for (const form of document.querySelectorAll("form[data-coin-micros]")) showAll(form);
}

document.addEventListener("htmx:afterSettle", begin);
// After a reload a browser restores typed values without an input event.
begin();
