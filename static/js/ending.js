// The button that ends the live: held for HOLD_MS it ends at once, pressed shortly it opens the sheet that asks. Without
// this script it leads to the page that asks. Space and Enter are held like a pointer.
//
// Listens to the button's pointer, key, click, blur and contextmenu events. Sends no event.

const HOLD_MS = 1200;
const button = document.getElementById("end-button");
const sheet = document.getElementById("end");
let timer = 0;

function press() {
  if (timer) return;
  button.classList.add("held");
  timer = setTimeout(() => {
    document.getElementById("end-form").requestSubmit();
  }, HOLD_MS);
}

function release() {
  if (!timer) return false;
  clearTimeout(timer);
  timer = 0;
  button.classList.remove("held");
  return true;
}

const isPress = ({ key }) => key === "Enter" || key === " ";

button.addEventListener("pointerdown", (event) => {
  if (event.button === 0) press();
});
for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(name, release);
// A long touch would open the browser's menu.
button.addEventListener("contextmenu", (event) => event.preventDefault());

button.addEventListener("keydown", (event) => {
  if (!isPress(event)) return;
  event.preventDefault();
  press();
});
button.addEventListener("keyup", (event) => {
  if (!isPress(event)) return;
  event.preventDefault();
  if (release()) sheet.showPopover();
});

// A pointer, and the click that screen readers send without one.
button.addEventListener("click", (event) => {
  event.preventDefault();
  release();
  sheet.showPopover();
});
