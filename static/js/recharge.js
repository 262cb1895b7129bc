// The order in one line, the pay button with its price, and the price of the exact amount while it is typed. Without this
// script the button says "Continue to payment", and the checkout names coins, price and the balance afterwards.
//
// Listens to change, input, pageshow. Sends no event.
const MICROS_PER_CENT = 10_000;

function nameOrder() {
  const form = document.getElementById("recharge-form");
  const chosen = form?.querySelector("[name=package]:checked");
  const method = form?.querySelector("[name=method]:checked");
  if (!chosen) return;
  const { price } = chosen.dataset;
  form.querySelector("[data-pays]").textContent = price ? `Pay ${price}` : "Continue to payment";
  const order = document.getElementById("order");
  const words = { ...chosen.dataset, method: method?.dataset.name };
  for (const part of order.querySelectorAll("[data-order]")) part.textContent = words[part.dataset.order];
  order.hidden = !method || !price;
}

// The server rounds a price up to whole cents as well, and says so when the number is out of bounds.
function priceExact() {
  const card = document.querySelector("[data-coin-micros]");
  if (!card) return;
  const choice = card.querySelector("[name=package]");
  const typed = card.querySelector("[name=coins]").value.trim().replaceAll(",", "");
  const { least, most } = card.dataset;
  const number = /^\d{1,7}$/.test(typed) ? Number(typed) : 0;
  const coins = number >= Number(least) && number <= Number(most) ? number : 0;
  const cents = Math.ceil((coins * Number(card.dataset.coinMicros)) / MICROS_PER_CENT);
  const dollars = (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  choice.dataset.price = coins ? `$${dollars}` : "";
  choice.dataset.coins = `${coins.toLocaleString("en-US")} coin${coins === 1 ? "" : "s"}`;
  choice.dataset.after = (coins + Number(card.dataset.balance)).toLocaleString("en-US");
  card.querySelector("[data-exact-price]").textContent = choice.dataset.price || "–";
}

document.addEventListener("change", nameOrder);
document.addEventListener("input", (event) => {
  if (event.target.name !== "coins") return;
  event.target.closest("[data-coin-micros]").querySelector("[name=package]").checked = true;
  priceExact();
  nameOrder();
});
window.addEventListener("pageshow", () => {
  priceExact();
  nameOrder();
});
