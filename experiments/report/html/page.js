"use strict";
// Rasters: what is in a script element of type application/json is drawn on the canvas beside it.
for (const box of document.querySelectorAll(".raster")) raster(box);
// Everything is open in print.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => (d.open = true)));

function raster(box) {
  const data = JSON.parse(document.getElementById(box.dataset.spikes).textContent);
  const canvas = box.querySelector("canvas"), context = canvas.getContext("2d");
  const select = box.querySelector("select"), reading = box.querySelector(".reading");
  const left = 44, bottom = 34, top = 6, right = 8;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let spikes, view, largest;

  // Places are in ticks from the first position and in neurons; view is what the canvas shows of them.
  const whole = () => ({ x: 0, y: 0, width: spikes.positions * data.ticks, height: spikes.neurons });
  const area = () => ({ width: canvas.clientWidth - left - right, height: canvas.clientHeight - top - bottom });
  const xOf = (place) => left + ((place - view.x) / view.width) * area().width;
  const yOf = (neuron) => top + (1 - (neuron - view.y) / view.height) * area().height;
  const placeOf = (spike) => (spikes.position[spike] - spikes.first) * data.ticks + spikes.tick[spike] - 1;

  function choose() {
    spikes = data.populations[Number(select.value)];
    largest = spikes.count.reduce((most, count) => Math.max(most, Math.abs(count)), 1);
    view = whole();
    draw();
  }

  function step(span, most) {
    const power = 10 ** Math.floor(Math.log10(Math.max(span / most, 1)));
    return [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= most);
  }

  function axes() {
    const { width, height } = area();
    context.fillStyle = colour("--faint");
    context.strokeStyle = colour("--line");
    context.font = "11px system-ui, sans-serif";
    context.strokeRect(left, top, width, height);
    context.textAlign = "center";
    const positions = step(view.width / data.ticks, width / 45);
    for (let p = Math.ceil(view.x / data.ticks / positions) * positions; p * data.ticks < view.x + view.width; p += positions) {
      const x = xOf(p * data.ticks);
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, top + height + 4);
      context.stroke();
      context.fillText(String(p + spikes.first), x, top + height + 15);
    }
    context.fillText("token position", left + width / 2, top + height + 29);
    context.textAlign = "right";
    const neurons = step(view.height, height / 28);
    for (let n = Math.ceil(view.y / neurons) * neurons; n < view.y + view.height; n += neurons)
      context.fillText(String(n), left - 5, yOf(n + 0.5) + 4);
    context.save();
    context.translate(10, top + height / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText("neuron", 0, 0);
    context.restore();
  }

  function draw() {
    const scale = devicePixelRatio || 1, { width, height } = area();
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    axes();
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    const dotWidth = Math.max(1, (width / view.width) * 0.85), dotHeight = Math.max(1, (height / view.height) * 0.85);
    const colours = { positive: colour("--c0"), negative: colour("--c1") };
    for (let i = 0; i < spikes.tick.length; ++i) {
      const place = placeOf(i), neuron = spikes.neuron[i];
      if (place + 1 < view.x || place > view.x + view.width || neuron + 1 < view.y || neuron > view.y + view.height) continue;
      context.globalAlpha = 0.25 + (0.75 * Math.abs(spikes.count[i])) / largest;
      context.fillStyle = spikes.count[i] < 0 ? colours.negative : colours.positive;
      context.fillRect(xOf(place), yOf(neuron + 1), dotWidth, dotHeight);
    }
    context.restore();
  }

  function clampView() {
    const all = whole();
    view.width = Math.min(Math.max(view.width, Math.min(all.width, 4)), all.width);
    view.height = Math.min(Math.max(view.height, Math.min(all.height, 4)), all.height);
    view.x = Math.min(Math.max(view.x, 0), all.width - view.width);
    view.y = Math.min(Math.max(view.y, 0), all.height - view.height);
  }

  function zoom(factor, atX = 0.5, atY = 0.5) {
    const x = view.x + atX * view.width, y = view.y + atY * view.height;
    view.width *= factor;
    view.height *= factor;
    clampView();
    view.x = x - atX * view.width;
    view.y = y - atY * view.height;
    clampView();
    draw();
  }

  // Shares of the drawing, 0 to 1, from its lower left corner.
  const shareX = (event) => (event.offsetX - left) / area().width;
  const shareY = (event) => 1 - (event.offsetY - top) / area().height;

  function read(event) {
    const place = Math.floor(view.x + shareX(event) * view.width), neuron = Math.floor(view.y + shareY(event) * view.height);
    const tick = (place % data.ticks) + 1, position = Math.floor(place / data.ticks) + spikes.first;
    let found = null;
    for (let i = 0; i < spikes.tick.length && found === null; ++i)
      if (spikes.neuron[i] === neuron && spikes.tick[i] === tick && spikes.position[i] === position) found = spikes.count[i];
    const inside = neuron >= 0 && neuron < spikes.neurons && place >= 0 && place < spikes.positions * data.ticks;
    reading.textContent = inside
      ? `neuron ${neuron}, position ${position}, tick ${tick}: ` + (found === null ? "no spike" : `count ${found}`)
      : "\u00a0";
  }

  const pointers = new Map();
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return read(event);
    const now = { x: event.offsetX, y: event.offsetY };
    if (pointers.size === 2) {
      const old = spread();
      pointers.set(event.pointerId, now);
      return zoom(old / Math.max(spread(), 1), shareX(event), shareY(event));
    }
    pointers.set(event.pointerId, now);
    view.x -= ((now.x - before.x) / area().width) * view.width;
    view.y += ((now.y - before.y) / area().height) * view.height;
    clampView();
    draw();
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, (event) => pointers.delete(event.pointerId));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.8 : 1.25, shareX(event), shareY(event));
  }, { passive: false });
  box.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
    if (button.dataset.zoom !== "all") return zoom(button.dataset.zoom === "in" ? 0.5 : 2);
    view = whole();
    draw();
  }));
  select.addEventListener("change", choose);
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", draw);
  addEventListener("resize", draw);
  choose();
}
