// Withdrawing, made more comfortable: an amount is filled in by a tap on it, and a quote counts its seconds down.
// Nothing is disabled here. Whether a quote still holds is the server's to say.

document.addEventListener("click", (event) => {
  const offered = event.target.closest("[data-amount]");
  if (!offered) return;
  event.preventDefault();
  const field = document.getElementById("amount");
  field.value = offered.dataset.amount;
  field.focus();
});

// Counted from when it was first seen on this page: the clock of this machine may be wrong.
const firstSeen = new WeakMap();

setInterval(() => {
  const quote = document.querySelector("[data-quote]");
  if (!quote) return;
  if (!firstSeen.has(quote)) firstSeen.set(quote, performance.now());
  const left = Math.ceil(Number(quote.dataset.seconds) - (performance.now() - firstSeen.get(quote)) / 1000);
  if (left > 0) {
    quote.querySelector("[data-quote-left]").textContent = left === 1 ? "1 second" : `${left} seconds`;
    return;
  }
  quote.hidden = true;
  document.querySelector("[data-quote-over]").hidden = false;
}, 500);
