// Withdrawing: a button fills in an amount, and a quote counts its seconds down. The server alone decides whether a
// quote still counts, so nothing is disabled here.
//
// Listens to clicks; a timer looks for [data-quote]. Sends no event.

document.addEventListener("click", (event) => {
  const offered = event.target.closest("[data-amount]");
  if (!offered) return;
  event.preventDefault();
  const field = document.getElementById("amount");
  field.value = offered.dataset.amount;
  field.focus();
});

// The countdown starts when the quote appears on the page: this machine's clock may be wrong.
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
