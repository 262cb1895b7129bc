// The order in one line, and the pay button with its price. Without this script the button says "Continue to payment",
// and the checkout names coins, price and the balance afterwards.
//
// Listens to change, pageshow. Sends no event.
function nameOrder() {
  const form = document.getElementById("recharge-form");
  const chosen = form?.querySelector("[name=package]:checked");
  const method = form?.querySelector("[name=method]:checked");
  if (!chosen) return;
  form.querySelector("[data-pays]").textContent = `Pay ${chosen.dataset.price}`;
  const order = document.getElementById("order");
  const words = { ...chosen.dataset, method: method?.dataset.name };
  for (const part of order.querySelectorAll("[data-order]")) part.textContent = words[part.dataset.order];
  order.hidden = !method;
}
document.addEventListener("change", nameOrder);
window.addEventListener("pageshow", nameOrder);
