// How a viewer appears, changed in the tray without leaving the room. Without this script the form leads back to it.
//
// Listens to the submit of #own-face. Sends no event.

function say(text) {
  const line = document.createElement("p");
  line.className = "errors";
  line.setAttribute("role", "alert");
  line.textContent = text;
  document.querySelector("#own-face > .errors")?.remove();
  document.getElementById("appear").after(line);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("#own-face");
  if (!form || !event.submitter) return;
  event.preventDefault();
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, event.submitter),
      headers: { "HX-Request": "true" },
      signal: AbortSignal.timeout(8000),
    });
    const page = answer.headers.get("HX-Redirect");
    if (page) return location.assign(page);
    if (!(answer.ok || answer.status === 409 || answer.status === 422)) throw new Error(answer.statusText);
    form.outerHTML = await answer.text();
    document.getElementById("appear").focus();
  } catch {
    say("No answer. Reload the page to see how you appear.");
  }
});
