// The share image of a live, drawn on a canvas in its creator's browser from the page's data. Nothing is uploaded.
//
// Listens to change of the facts and to clicks on Share. Sends no event.

const WIDTH = 1200,
  HEIGHT = 630;
// Text is a column at the left; the act and the gifts are at the right, in the light.
const LEFT = 72,
  COLUMN = 620,
  ACT = 936;
const TITLE = 186,
  FACTS_A_ROW = 3,
  FACT_HEIGHT = 70;
// Font sizes of the title, each with its most lines.
const SIZES = [
  [68, 1],
  [58, 2],
  [50, 2],
  [44, 2],
];
const MARK = "M16 3.5v4M5.6 7.2l2.6 3.1M26.4 7.2l-2.6 3.1M24.5 20a8.5 8.5 0 1 1-17 0a8.5 8.5 0 0 1 17 0";

const data = document.getElementById("share-image-data");
const preview = document.getElementById("share-image");
const line = document.getElementById("share-image-line");
const save = document.getElementById("save-image");
const send = document.getElementById("send-image");
const boxes = [...document.querySelectorAll("[data-fact]")];

const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
const paint = canvas.getContext("2d");
const style = getComputedStyle(document.documentElement);
const token = (name) => style.getPropertyValue(`--${name}`).trim();
const display = (size) => `725 ${size}px ${token("display")}`;
const text = (size, weight = 500) => `${weight} ${size}px ${token("text")}`;
// The picture is dark in both colour schemes, like every stage.
const INK = "#fff8f1",
  INK_2 = "#f0d9ca",
  CORAL = token("coral-by-night"),
  LIGHT = "#ffb38a";
const stage = {
  warm: token("stage-warm"),
  deep: token("stage-deep"),
  dark: token("stage-dark"),
  beam: token("stage-beam"),
};

const said = {
  title: data.querySelector("[data-title]"),
  name: data.querySelector("[data-name]"),
  gifts: [...data.querySelectorAll("[data-art]")],
};
let file = null;

// --- Words --------------------------------------------------------------------------------------

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const signsOf = (words) => Array.from(graphemes.segment(words), ({ segment }) => segment);
const wide = (words) => paint.measureText(words).width;

// Cut text to the width by graphemes, so that an emoji of several code points isn't split.
function cut(words, width) {
  if (wide(words) <= width) return words;
  const signs = signsOf(words);
  while (signs.length && wide(`${signs.join("").trimEnd()}…`) > width) signs.pop();
  return `${signs.join("").trimEnd()}…`;
}

// Lines break at spaces. A word wider than a line breaks anywhere, and so do languages without spaces.
function wrap(words, width) {
  const lines = [""];
  for (const word of words.split(/(?<=\s)/)) {
    for (const piece of wide(word.trimEnd()) > width ? signsOf(word) : [word]) {
      if (wide((lines.at(-1) + piece).trimEnd()) <= width) lines[lines.length - 1] += piece;
      else lines.push(piece);
    }
  }
  return lines.map((one) => one.trim()).filter(Boolean);
}

// Return the largest size whose lines fit. In the smallest, the last line is cut.
function fit(words, width) {
  for (const [size, most] of SIZES) {
    paint.font = display(size);
    const lines = wrap(words, width);
    if (lines.length <= most) return { size, lines };
    if (size === SIZES.at(-1)[0])
      return { size, lines: [...lines.slice(0, most - 1), cut(lines.slice(most - 1).join(" "), width)] };
  }
}

function write(words, x, y, { font, color = INK, width = COLUMN, direction = "ltr", align = "left" }) {
  Object.assign(paint, { font, fillStyle: color, textAlign: align, direction });
  paint.fillText(cut(words, width), x, y);
}

// --- Stage --------------------------------------------------------------------------------------

function glow(x, y, radiusX, radiusY, stops) {
  paint.save();
  paint.translate(x, y);
  paint.scale(radiusX, radiusY);
  const light = paint.createRadialGradient(0, 0, 0, 0, 0, 1);
  for (const [place, color] of stops) light.addColorStop(place, color);
  paint.fillStyle = light;
  // The rectangle covers the canvas from any centre.
  paint.fillRect(-WIDTH, -HEIGHT, 2 * WIDTH, 2 * HEIGHT);
  paint.restore();
}

function fade(x1, y1, x2, y2, stops) {
  const shade = paint.createLinearGradient(x1, y1, x2, y2);
  for (const [place, color] of stops) shade.addColorStop(place, color);
  return shade;
}

function drawStage() {
  glow(ACT, 130, 920, 700, [
    [0.1, stage.warm],
    [0.58, stage.deep],
    [1, stage.dark],
  ]);
  glow(ACT, 200, 420, 380, [
    [0, LIGHT],
    [0.72, `${LIGHT}00`],
  ]);
  paint.fillStyle = fade(0, 0, 0, 520, [
    [0, `${stage.beam}70`],
    [0.74, `${stage.beam}28`],
    [1, `${stage.beam}00`],
  ]);
  paint.beginPath();
  for (const [x, y] of [
    [ACT - 70, 0],
    [ACT + 70, 0],
    [ACT + 250, 520],
    [ACT - 250, 520],
  ])
    paint.lineTo(x, y);
  paint.fill();
  const floor = { x: ACT, y: 448, radiusX: 210, radiusY: 34 };
  glow(floor.x, floor.y, floor.radiusX, floor.radiusY, [
    [0, `${stage.beam}66`],
    [1, `${stage.beam}00`],
  ]);
  paint.fillStyle = fade(0, 0, WIDTH, 0, [
    [0.1, "rgb(26 13 14 / 88%)"],
    [0.44, "rgb(26 13 14 / 66%)"],
    [0.66, "rgb(26 13 14 / 0%)"],
  ]);
  paint.fillRect(0, 0, WIDTH, HEIGHT);
}

function drawMark(mark) {
  if (mark) {
    paint.drawImage(mark, LEFT - 4, 52, 42, 42);
  } else {
    paint.save();
    paint.translate(LEFT - 4, 52);
    paint.scale(1.3, 1.3);
    Object.assign(paint, { strokeStyle: CORAL, lineWidth: 3, lineCap: "round" });
    paint.stroke(new Path2D(MARK));
    paint.restore();
  }
  const name = document.documentElement.dataset.site;
  paint.font = display(32);
  write(cut(name, COLUMN - 44), LEFT + 44, 87, { font: display(32) });
}

function drawAct(avatar) {
  paint.save();
  Object.assign(paint, { shadowColor: "rgb(20 6 6 / 45%)", shadowBlur: 36, shadowOffsetY: 18 });
  paint.drawImage(avatar, ACT - 130, 172, 260, 260);
  paint.restore();
}

// A row under the act: each gift's art and its count.
function drawGifts(arts) {
  const step = 96,
    from = ACT - ((arts.length - 1) * step) / 2;
  arts.forEach((art, place) => {
    const x = from + place * step;
    paint.drawImage(art, x - 32, 488, 64, 64);
    write(said.gifts[place].dataset.times, x, 586, { font: text(24, 700), width: step - 8, align: "center" });
  });
}

// --- The picture --------------------------------------------------------------------------------

const chosen = () => boxes.filter((box) => box.checked).map((box) => box.dataset);

function drawWords() {
  const { size, lines } = fit(said.title.textContent, COLUMN);
  const direction = getComputedStyle(said.title).direction;
  // A right-to-left title starts at the right edge of the column.
  const [from, align] = direction === "rtl" ? [LEFT + COLUMN, "right"] : [LEFT, "left"];
  for (const [place, words] of lines.entries()) {
    write(words, from, TITLE + place * size * 1.12, { font: display(size), direction, align });
  }
  const below = TITLE + (lines.length - 1) * size * 1.12 + 48;
  const day = ` · ${data.dataset.day}`;
  paint.font = text(28);
  const room = COLUMN - wide(day);
  paint.font = text(28, 600);
  const name = cut(said.name.textContent, room);
  const after = LEFT + wide(name);
  write(name, LEFT, below, { font: text(28, 600), direction: getComputedStyle(said.name).direction });
  write(day, after, below, { font: text(28), color: INK_2 });
}

function drawNumbers() {
  const facts = chosen();
  const rows = Math.ceil(facts.length / FACTS_A_ROW);
  const from = HEIGHT - 76 - rows * FACT_HEIGHT;
  const { number, words, address } = data.dataset;
  // Two rows of facts leave less room above them.
  const font = display(rows > 1 ? 84 : 100);
  paint.font = font;
  const after = wide(number) + 18;
  write(number, LEFT, from - 16, { font });
  write(words, LEFT + after, from - 16, { font: display(40), color: INK_2, width: COLUMN - after });
  facts.forEach((fact, place) => {
    const width = COLUMN / FACTS_A_ROW,
      x = LEFT + (place % FACTS_A_ROW) * width;
    const y = from + Math.floor(place / FACTS_A_ROW) * FACT_HEIGHT;
    write(fact.fact, x, y + 32, { font: display(32), width: width - 16 });
    write(fact.words, x, y + 56, { font: text(20), color: INK_2, width: width - 16 });
  });
  const { host, pathname } = new URL(address);
  write(`${host}${pathname.replace(/\/$/, "")}`, LEFT, HEIGHT - 42, { font: text(22, 600), color: INK_2 });
}

// Return the picture's alternative text.
function inWords() {
  const { number, words, day } = data.dataset;
  const facts = [`${number} ${words}`, ...chosen().map((fact) => `${fact.fact} ${fact.words}`)].join(", ");
  const gifts = said.gifts.map(({ dataset }) => `${dataset.name} ${dataset.times}`).join(", ");
  return `“${said.title.textContent}” by ${said.name.textContent}, ${day}: ${facts}.${gifts && ` Given most: ${gifts}.`}`;
}

async function load(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

// A canvas draws with loaded fonts only, so wait for those that these words need.
async function loadFonts() {
  const words = document.getElementById("main").textContent;
  await Promise.all(
    [display(50), text(28), text(28, 600), text(24, 700)].map((font) => document.fonts.load(font, words)),
  );
}

function draw(art) {
  paint.clearRect(0, 0, WIDTH, HEIGHT);
  drawStage();
  drawMark(art.mark);
  drawAct(art.avatar);
  drawGifts(art.gifts);
  drawWords();
  drawNumbers();
  show(canvas.toDataURL("image/png"));
}

// toDataURL instead of toBlob, which may wait for seconds until the page is idle. An <img>, because a long press on a
// phone saves it. The content security policy allows data: and no blob:.
function show(address) {
  const bytes = Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (sign) => sign.charCodeAt(0));
  file = new File([bytes], save.download, { type: "image/png" });
  Object.assign(preview, { src: address, alt: inWords(), hidden: false });
  URL.revokeObjectURL(save.href);
  Object.assign(save, { href: URL.createObjectURL(file), hidden: false });
  send.hidden = !navigator.canShare?.({ files: [file] });
  line.textContent = "";
}

async function begin() {
  const [avatar, ...gifts] = await Promise.all(
    [data.dataset.avatar, ...said.gifts.map(({ dataset }) => dataset.art)].map(load),
  );
  await loadFonts();
  const mark = data.dataset.mark ? await load(data.dataset.mark) : null;
  const art = { avatar, gifts, mark };
  for (const box of boxes) box.addEventListener("change", () => draw(art));
  draw(art);
}

send.addEventListener("click", async () => {
  try {
    await navigator.share({ files: [file], text: document.getElementById("share-words").value });
  } catch (error) {
    // Closing the device's sheet is no error.
    if (error.name !== "AbortError") throw error;
  }
});

try {
  await begin();
} catch (error) {
  line.textContent = "The picture can’t be drawn in this browser. The words and the link are all there.";
  throw error;
}
