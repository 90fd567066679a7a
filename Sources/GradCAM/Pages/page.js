"use strict";
{
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const make = (name, text) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // The maps: 16-bit integers, of which 32767 stands for 1.
  for (const map of data.maps) {
    const view = new DataView(bytes(map.values).buffer);
    map.cells = Float32Array.from({ length: map.width * map.height }, (_, index) =>
      view.getInt16(2 * index, true) / 32767);
  }
  for (const colormap of data.colormaps) colormap.table = bytes(colormap.colors);

  const choice = data.pickers.map(() => 0);
  const chosen = () =>
    data.maps.find((map) => map.choices.every((place, picker) => place === choice[picker]));
  const canvas = find("map");
  const cross = find("cross");
  let place = null;

  // The two cells around a place of an axis and the share of the second: linear between their
  // middles, the ends held.  Undefined outside of what the model saw.
  const taps = (position, start, length, cells, isNearest) => {
    const share = (position - start) / length;
    if (!(share >= 0 && share <= 1)) return undefined;
    if (isNearest) {
      const cell = Math.min(Math.floor(share * cells), cells - 1);
      return { low: cell, high: cell, part: 0 };
    }
    const at = Math.min(Math.max(share * cells - 0.5, 0), cells - 1);
    const low = Math.min(Math.floor(at), cells - 1);
    return { low, high: Math.min(low + 1, cells - 1), part: at - low };
  };
  const blend = (map, row, column) => {
    const cell = (y, x) => map.cells[y * map.width + x];
    const across = (y) =>
      cell(y, column.low) * (1 - column.part) + cell(y, column.high) * column.part;
    return across(row.low) * (1 - row.part) + across(row.high) * row.part;
  };
  // The value at a place of the photo, in its own pixels.
  const value = (map, x, y) => {
    const row = taps(y, map.view.y, map.view.height, map.height, map.isNearest);
    const column = taps(x, map.view.x, map.view.width, map.width, map.isNearest);
    return row && column ? blend(map, row, column) : undefined;
  };
  const colormap = (map) => {
    const name = find("colormap").value;
    const fits = data.colormaps.filter((candidate) => candidate.isDiverging === map.isDiverging);
    return fits.find((candidate) => candidate.name === name)
      ?? fits.find((candidate) => candidate.name === map.colormap) ?? fits[0];
  };
  const color = (colors, number) => {
    const scaled = colors.isDiverging ? number * 127.5 + 127.5 : number * 255;
    return 3 * Math.round(Math.min(Math.max(scaled, 0), 255));
  };

  const drawMap = (map, colors) => {
    const { width, height } = canvas;
    const picture = new ImageData(width, height);
    const axis = (count, total, start, length, cells) =>
      Array.from({ length: count }, (_, index) =>
        taps(((index + 0.5) * total) / count, start, length, cells, map.isNearest));
    const rows = axis(height, data.photo.height, map.view.y, map.view.height, map.height);
    const columns = axis(width, data.photo.width, map.view.x, map.view.width, map.width);
    rows.forEach((row, y) => columns.forEach((column, x) => {
      if (!row || !column) return;
      const from = color(colors, blend(map, row, column));
      const to = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) {
        picture.data[to + channel] = colors.table[from + channel];
      }
      picture.data[to + 3] = 255;
    }));
    canvas.getContext("2d").putImageData(picture, 0, 0);
  };

  const drawBar = (map, colors) => {
    const bar = find("bar");
    const picture = new ImageData(256, 1);
    for (let index = 0; index < 256; index++) {
      for (let channel = 0; channel < 3; channel++) {
        picture.data[4 * index + channel] = colors.table[3 * index + channel];
      }
      picture.data[4 * index + 3] = 255;
    }
    bar.getContext("2d").putImageData(picture, 0, 0);
    const ticks = map.isDiverging ? ["−1", "−0.5", "0", "0.5", "1"] : ["0", "0.25", "0.5", "0.75", "1"];
    find("ticks").replaceChildren(...ticks.map((text) => make("span", text)));
  };

  const number = (value) => value.toPrecision(3).replace("-", "−");
  const showValue = () => {
    const map = chosen();
    cross.hidden = !place;
    if (!place) {
      find("value").textContent = "Point at the photo, or move over it with the arrow keys.";
      return;
    }
    cross.style.left = `${(100 * place.x) / data.photo.width}%`;
    cross.style.top = `${(100 * place.y) / data.photo.height}%`;
    const found = map && value(map, place.x, place.y);
    const where = `at (${Math.floor(place.x)}, ${Math.floor(place.y)})`;
    if (found === undefined) {
      find("value").textContent = `The model did not see what is ${where}.`;
    } else {
      const unit = map.limit ? `, ${number(found * map.limit)} in the map's own unit` : "";
      find("value").textContent = `${found.toFixed(3).replace("-", "−")} ${where}${unit}`;
    }
  };

  const show = () => {
    const map = chosen();
    canvas.hidden = !map;
    if (!map) return;
    const colors = colormap(map);
    drawMap(map, colors);
    drawBar(map, colors);
    find("name").textContent = map.title;
    find("meaning").textContent = map.meaning;
    find("details").textContent = map.details;
    find("photo").alt = `${data.title}: ${map.title}`;
    find("notes").replaceChildren(...data.notes.concat(map.notes).map((note) => make("li", note)));
    showValue();
  };

  const picker = (title, names, change) => {
    const label = make("label", title);
    const select = make("select");
    select.id = title.toLowerCase();
    names.forEach((name, index) => {
      const option = make("option", name);
      option.value = String(index);
      select.append(option);
    });
    select.addEventListener("change", () => { change(Number(select.value)); show(); });
    label.append(select);
    return label;
  };
  data.pickers.forEach((entry, index) => {
    if (entry.choices.length < 2) return;
    find("controls").insertBefore(
      picker(entry.title, entry.choices, (value) => { choice[index] = value; }),
      find("controls").children[index] ?? null);
  });
  for (const colors of data.colormaps) find("colormap").append(make("option", colors.name));
  find("colormap").value = data.maps[0].colormap;
  find("colormap").addEventListener("change", show);

  const fade = () => {
    canvas.style.opacity = find("opacity").value;
    find("percent").textContent = `${Math.round(100 * find("opacity").value)} %`;
  };
  find("opacity").addEventListener("input", fade);

  const stage = find("stage");
  const point = (event) => {
    const box = find("photo").getBoundingClientRect();
    const share = (at, start, length) => Math.min(Math.max((at - start) / length, 0), 0.999999);
    place = {
      x: share(event.clientX, box.left, box.width) * data.photo.width,
      y: share(event.clientY, box.top, box.height) * data.photo.height,
    };
    showValue();
  };
  stage.addEventListener("pointermove", point);
  stage.addEventListener("pointerdown", point);
  stage.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    const map = chosen();
    if (!step || !map) return;
    event.preventDefault();
    const from = place ?? { x: data.photo.width / 2, y: data.photo.height / 2 };
    const moved = (at, cells, length, total, sign) =>
      Math.min(Math.max(at + (sign * length) / cells, 0), total - 0.001);
    place = {
      x: moved(from.x, map.width, map.view.width, data.photo.width, place ? step[0] : 0),
      y: moved(from.y, map.height, map.view.height, data.photo.height, place ? step[1] : 0),
    };
    showValue();
  });

  canvas.width = data.canvas.width;
  canvas.height = data.canvas.height;
  fade();
  show();
}
