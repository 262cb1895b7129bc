// The stage's video: played by the browser if it knows HLS, else by a player that is loaded on demand. The poster stays
// until the video plays and returns when it fails: a stream may begin after the live, and break.
//
// Listens to board:video-address, feed:over, the video's own events, and its two buttons. Sends no event.

const screen = document.getElementById("screen");
const video = document.createElement("video");
Object.assign(video, { muted: true, playsInline: true });
video.setAttribute("aria-label", "Video of the live");
screen.append(video);
const address = document.getElementById("video-address");
const tools = document.getElementById("video-tools");
const [play, sound] = tools.querySelectorAll("button");
const line = document.getElementById("video-line");
const RETRY_MS = [4000, 8000, 15000, 30000];

let source = address.value;
// With reduced motion the video waits for its button.
let isWanted = !matchMedia("(prefers-reduced-motion: reduce)").matches;
let player = null;
let retry = 0;
let failures = 0;

const say = (words) => {
  if (line.textContent !== words) line.textContent = words;
};

function draw() {
  tools.hidden = !source;
  play.textContent = isWanted ? "Pause the video" : "Play the video";
  sound.hidden = !isWanted;
  sound.textContent = video.muted ? "Sound on" : "Sound off";
}

function stop() {
  clearTimeout(retry);
  player?.destroy();
  player = null;
  video.removeAttribute("src");
  video.load();
  screen.classList.remove("playing");
}

async function start() {
  stop();
  draw();
  if (!source || !isWanted) return;
  if (video.canPlayType("application/vnd.apple.mpegurl")) video.src = source;
  else await load().catch(fail);
  // A browser that refuses autoplay leaves the video to its button.
  video.play().catch((reason) => {
    if (reason.name === "NotAllowedError") want(false);
  });
}

async function load() {
  const wanted = source;
  const { default: Hls } = await import(screen.dataset.player);
  if (wanted !== source || !isWanted) return;
  if (!Hls.isSupported()) throw new Error("This browser plays no such video.");
  player = new Hls({ enableWorker: false });
  player.on(Hls.Events.ERROR, (_, { fatal }) => {
    if (fatal) fail();
  });
  player.loadSource(source);
  player.attachMedia(video);
}

function fail() {
  if (!source) return;
  stop();
  say("The video can’t be played at the moment. Everything else goes on.");
  retry = setTimeout(start, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
  failures += 1;
}

function want(isSo) {
  isWanted = isSo;
  say("");
  start();
}

video.addEventListener("playing", () => {
  failures = 0;
  say("");
  screen.classList.add("playing");
});
video.addEventListener("ended", () => screen.classList.remove("playing"));
video.addEventListener("error", () => {
  if (video.hasAttribute("src") && !player) fail();
});
video.addEventListener("volumechange", draw);
play.addEventListener("click", () => want(!isWanted));
sound.addEventListener("click", () => {
  video.muted = !video.muted;
});

// --- A new address ------------------------------------------------------------------------------

// The page's content security policy allows the host it was rendered for. Another host needs a reload.
document.addEventListener("board:video-address", ({ detail: { value } }) => {
  if (value === address.value) return;
  address.value = value;
  const isAllowed = !value || new URL(value).origin === screen.dataset.origin;
  document.getElementById("video-changed").hidden = isAllowed;
  source = isAllowed ? value : "";
  failures = 0;
  say("");
  start();
});
document.addEventListener("feed:over", () => {
  source = "";
  say("");
  start();
  document.getElementById("video-changed").hidden = true;
});

start();
