// Small helpers for every page. Everything works without them.
//
// Listens to load, click, keydown, submit and pageshow. Sends no event.

// The server prints times in the zone of these cookies: by its name, or by minutes east of UTC if its zone data lacks
// that name. A phone needs a fifth of a second to find its zone: it does so when it has nothing else to do, and asks
// for the name only without the cookie, or when the clock has moved.
function keepZone() {
  const kept = document.cookie.split("; ");
  const minutes = `tz_minutes=${-new Date().getTimezoneOffset()}`;
  if (kept.includes(minutes) && kept.some((one) => one.startsWith("tz="))) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  for (const cookie of [minutes, `tz=${Intl.DateTimeFormat().resolvedOptions().timeZone ?? ""}`]) {
    document.cookie = `${cookie}; path=/; max-age=31536000; samesite=lax${secure}`;
  }
}
// Safari has no requestIdleCallback.
const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 300));
window.addEventListener("load", () => whenIdle(keepZone));

// Escape closes a menu and returns the focus to its button. A click elsewhere closes it too.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus();
});
document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
});

// <button data-copy="#id"> copies the text of that element and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => {
    button.textContent = before;
  }, 2000);
});

// <button data-share="address" data-share-title="…" hidden> appears where the device can share by itself.
if (navigator.share) for (const button of document.querySelectorAll("[data-share]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-share]");
  if (!button) return;
  try {
    await navigator.share({ title: button.dataset.shareTitle, url: button.dataset.share });
  } catch (error) {
    // Closing the device's sheet is no error.
    if (error.name !== "AbortError") throw error;
  }
});

// <button data-reload> loads the page anew.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-reload]")) location.reload();
});

// <button data-opens="id"> and <button data-closes> for a <dialog class="sheet">.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
});

// The demo's accounts fill in the log-in form.
document.addEventListener("click", (event) => {
  const account = event.target.closest("[data-demo-login]");
  if (!account) return;
  document.getElementById("id_login").value = account.dataset.demoLogin;
  document.getElementById("id_password").value = "ovation";
  document.querySelector("main form button[type=submit]").focus();
});

// A double click sends a plain form once.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented || !event.target.matches("form[data-once]")) return;
  setTimeout(() => {
    button.setAttribute("aria-disabled", "true");
    button.disabled = true;
  });
});
// The back button may restore a page from the browser's cache, with an old balance. Pages for signed-in people carry
// `data-fresh` and reload then.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("[data-fresh]")) location.reload();
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-once] button[aria-disabled]")) {
    button.disabled = false;
    button.removeAttribute("aria-disabled");
  }
});
