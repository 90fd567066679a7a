// Runs a baked model on a photo with onnxruntime-web alone; `README.md` says how to serve the page.
//
// The photo is squeezed to the model's size and scaled as ImageNet models want it; change `mean` and
// `deviation` for others.

import * as ort from "./ort/ort.min.mjs";

const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];

/// Lines of pixels squeezed along the line, with a triangle over as many old pixels as a new one
/// covers, and turned: columns come out as lines. Rounded, as pictures are.
function squeezed(from, rows, length, wanted) {
  const to = new Float32Array(rows * wanted * 3);
  const step = length / wanted, reach = Math.max(step, 1);
  for (let place = 0; place < wanted; place++) {
    const middle = (place + 0.5) * step;
    const first = Math.max(0, Math.trunc(middle - reach + 0.5));
    const last = Math.min(length, Math.trunc(middle + reach + 0.5));
    const shares = [];
    for (let old = first; old < last; old++) {
      shares.push(Math.max(0, 1 - Math.abs(old + 0.5 - middle) / reach));
    }
    const total = shares.reduce((sum, share) => sum + share, 0);
    for (let row = 0; row < rows; row++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let old = first; old < last; old++) {
          sum += shares[old - first] / total * from[(row * length + old) * 3 + channel];
        }
        to[(place * rows + row) * 3 + channel] = Math.floor(sum + 0.5);
      }
    }
  }
  return to;
}

/// The photo as [1, 3, height, width].
function prepared(photo, height, width) {
  const canvas = new OffscreenCanvas(photo.width, photo.height);
  const context = canvas.getContext("2d");
  context.drawImage(photo, 0, 0);
  const { data } = context.getImageData(0, 0, photo.width, photo.height);
  const colors = new Float32Array(photo.width * photo.height * 3);
  for (let pixel = 0; pixel < photo.width * photo.height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      colors[pixel * 3 + channel] = data[pixel * 4 + channel];
    }
  }
  const narrow = squeezed(colors, photo.height, photo.width, width);
  const small = squeezed(narrow, width, photo.height, height);
  const image = new Float32Array(3 * height * width);
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < height * width; pixel++) {
      const value = small[pixel * 3 + channel] / 255;
      image[channel * height * width + pixel] = (value - mean[channel]) / deviation[channel];
    }
  }
  return new ort.Tensor("float32", image, [1, 3, height, width]);
}

/// Draws the photo, redder where the heatmap is higher.
function draw(photo, heatmap) {
  const [height, width] = heatmap.dims.slice(-2);
  const map = new ImageData(width, height);
  const unit = heatmap.type === "uint8" ? 1 : 255;
  for (let pixel = 0; pixel < width * height; pixel++) {
    map.data.set([255, 0, 0, heatmap.data[pixel] * unit / 2], pixel * 4);
  }
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d").putImageData(map, 0, 0);
  const canvas = document.getElementById("picture");
  [canvas.width, canvas.height] = [photo.width, photo.height];
  const context = canvas.getContext("2d");
  context.drawImage(photo, 0, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, photo.width, photo.height);
}

/// Explains a photo; both are blobs.
async function explain(model, file) {
  say("Working …");
  const photo = await createImageBitmap(file, { colorSpaceConversion: "none" });
  const session = await ort.InferenceSession.create(new Uint8Array(await model.arrayBuffer()));
  const [, , height, width] = session.inputMetadata[0].shape;
  const fed = { [session.inputNames[0]]: prepared(photo, height, width) };
  const given = await session.run(fed);
  const logits = given[session.outputNames[0]].data;
  draw(photo, given.heatmap);
  say(`class ${logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))}`);
}

function say(text) {
  document.getElementById("said").textContent = text;
}

async function start() {
  const [model, photo] = ["model", "photo"].map((id) => document.getElementById(id));
  const both = () => {
    if (model.files[0] && photo.files[0]) {
      explain(model.files[0], photo.files[0]).catch((error) => say(String(error)));
    }
  };
  model.addEventListener("change", both);
  photo.addEventListener("change", both);
  // `index.html?model=why.onnx&photo=dog.jpg` takes files beside the page.
  const asked = new URLSearchParams(location.search);
  if (asked.has("model") && asked.has("photo")) {
    const [a, b] = await Promise.all(
      ["model", "photo"].map(async (name) => (await fetch(asked.get(name))).blob()));
    await explain(a, b);
  }
}

start().catch((error) => say(String(error)));
