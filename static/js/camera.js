// The creator's camera and microphone in the studio, shown to the creator alone. Nothing is sent or recorded.
//
// Listens to the button, the two device lists, the camera's `ended`, and pagehide. Sends no event.

const view = document.querySelector("[data-camera-view]");
const button = document.getElementById("camera-button");
const line = document.getElementById("camera-line");
const level = document.getElementById("camera-level");
const kinds = { videoinput: "camera", audioinput: "microphone" };
const selects = Object.fromEntries(
  Object.values(kinds).map((kind) => [kind, document.getElementById(`camera-${kind}`)]),
);
const LEVEL_MS = 100;

const WORDS = {
  NotAllowedError: "Your browser doesn’t let this page use the camera. Allow it beside the address, then try again.",
  NotFoundError: "No camera was found. Connect one, then try again.",
  NotReadableError: "The camera is busy. Close the program that uses it, then try again.",
  OverconstrainedError: "This camera isn’t there any more. Choose another one.",
};
const NOT_SECURE =
  "Browsers give a camera only to pages that came over https. Open this page over https, then try again.";

let stream = null;
let sound = null;
let timer = 0;
// Counts starts and stops. A stream that arrives after a newer start or stop is closed at once.
let turn = 0;

const say = (words) => {
  line.textContent = words;
};
const exactly = (select) => (select.value ? { deviceId: { exact: select.value } } : true);

async function start() {
  stop();
  const mine = turn;
  if (!navigator.mediaDevices?.getUserMedia) return say(NOT_SECURE);
  button.disabled = true;
  try {
    const given = await ask();
    if (mine !== turn) return letGo(given);
    stream = given;
    show();
    await listDevices();
  } catch (reason) {
    if (mine !== turn) return;
    stop();
    say(WORDS[reason.name] ?? `The camera doesn’t start: ${reason.message}`);
  }
  if (mine === turn) button.disabled = false;
}

// Without a microphone, ask for the camera alone.
async function ask() {
  const video = exactly(selects.camera);
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: exactly(selects.microphone) });
  } catch (reason) {
    if (reason.name !== "NotFoundError") throw reason;
    return navigator.mediaDevices.getUserMedia({ video });
  }
}

function show() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, autoplay: true, srcObject: stream });
  video.setAttribute("aria-label", "Your camera, seen by you alone");
  view.replaceChildren(video);
  view.hidden = false;
  button.textContent = button.dataset.off;
  const [camera] = stream.getVideoTracks();
  camera.addEventListener("ended", () => {
    stop();
    say("The camera was disconnected.");
  });
  const hasSound = stream.getAudioTracks().length > 0;
  say(hasSound ? "" : "No microphone was found.");
  if (hasSound) listen();
}

// The root mean square of the samples, on a square-root scale, so that speech fills most of the meter.
function listen() {
  sound = new AudioContext();
  const analyser = sound.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  sound.createMediaStreamSource(stream).connect(analyser);
  level.hidden = false;
  timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    level.querySelector("meter").value = Math.min(100, Math.sqrt(loudness) * 150);
  }, LEVEL_MS);
}

async function listDevices() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  for (const [type, kind] of Object.entries(kinds)) {
    const found = devices.filter((device) => device.kind === type);
    const used = stream
      ?.getTracks()
      .find((track) => `${track.kind}input` === type)
      ?.getSettings().deviceId;
    const options = found.map(
      (device, number) =>
        new Option(device.label || `${kind} ${number + 1}`, device.deviceId, false, device.deviceId === used),
    );
    selects[kind].replaceChildren(...options);
    document.getElementById(`camera-${kind}s`).hidden = found.length < 2;
  }
}

function letGo(given) {
  for (const track of given.getTracks()) track.stop();
}

function stop() {
  turn += 1;
  clearInterval(timer);
  if (stream) letGo(stream);
  sound?.close();
  stream = sound = null;
  view.replaceChildren();
  view.hidden = level.hidden = true;
  button.disabled = false;
  button.textContent = button.dataset.on;
  say("");
}

button.addEventListener("click", () => {
  if (stream) stop();
  else start();
});
for (const select of Object.values(selects)) select.addEventListener("change", start);
window.addEventListener("pagehide", stop);
