// The pay button names its price. Without this script it says "Continue to payment", and the checkout names the price.
//
// Listens to change, pageshow, htmx:afterSwap. Sends no event.
function namePrice() {
  const button = document.querySelector("#recharge-form [data-pays]");
  const chosen = document.querySelector("#recharge-form [name=package]:checked");
  if (button && chosen) button.textContent = `Pay ${chosen.dataset.price}`;
}
document.addEventListener("change", namePrice);
window.addEventListener("pageshow", namePrice);
document.addEventListener("htmx:afterSwap", namePrice);
