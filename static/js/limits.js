// Dollars beside the coins of a limit, as they are typed. Without this file they are those of the limits as they are.

const MOST_DIGITS = 9;

function dollars(micros) {
  const digits = String(micros % 1e6)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `$${Math.floor(micros / 1e6).toLocaleString("en-US")}.${digits}`;
}

// The field says what a whole number is, as the server does.
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
// Also what the browser filled in by itself after a reload.
begin();
