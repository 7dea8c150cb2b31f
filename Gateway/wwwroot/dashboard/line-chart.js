// Lines over game time, one for each player, with a crosshair that reads all values at one moment. Left and Right move it by keyboard.
import { h } from '../app/dom.js';
import { clock, count } from '../app/format.js';
import { sharpCanvas } from './canvas.js';

const LEFT = 46, RIGHT = 12, TOP = 10, BOTTOM = 22;

export function lineChart({ name, test, series, players }) {
  const canvas = h('canvas', { tabIndex: 0, role: 'img', test, 'aria-label': `${name} over time` });
  const readout = h('div', { class: 'readout', hidden: true, 'aria-hidden': 'true' });
  const element = h('figure', { class: 'panel chart' }, h('figcaption', {}, name), h('div', { class: 'plot' }, canvas, readout));
  const { redraw, dispose } = sharpCanvas(canvas, draw);
  let cursor;

  // Time runs to the end of what is known, at least ten minutes, so that the first minutes don't jump about.
  const endTime = () => [...series().values()].reduce((end, points) => Math.max(end, points.times.at(-1) ?? 0), 600);

  function draw(context, width, height) {
    const style = getComputedStyle(canvas);
    const [line, quiet] = [style.getPropertyValue('outline-color'), style.color];
    const end = endTime();
    const peak = [...series().values()].reduce((peak, points) => Math.max(peak, points.peak ??= highest(points.values)), 10);
    const { step, top } = scale(peak);
    const x = time => LEFT + (width - LEFT - RIGHT) * time / end;
    const y = value => height - BOTTOM - (height - TOP - BOTTOM) * value / top;

    context.font = '11px system-ui, sans-serif';
    context.lineWidth = 1;
    context.strokeStyle = line;
    context.fillStyle = quiet;
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (let value = 0; value <= top; value += step) {
      context.beginPath();
      context.moveTo(LEFT, Math.round(y(value)) + 0.5);
      context.lineTo(width - RIGHT, Math.round(y(value)) + 0.5);
      context.stroke();
      context.fillText(value >= 10_000 ? `${value / 1000}k` : count(value), LEFT - 7, y(value));
    }
    context.textAlign = 'center';
    const minutes = [5, 10, 15, 20, 30].find(it => end / 60 / it <= Math.max(2, width / 90)) ?? 60;
    for (let time = 0; time <= end; time += minutes * 60) context.fillText(`${time / 60} min`, Math.max(LEFT + 12, x(time)), height - BOTTOM / 2 + 3);

    for (const [id, points] of series()) drawLine(context, points, players().get(id)?.color, x, y);
    drawCursor(context, end, x, y, height, line);
  }

  // At most one point a pixel column: 5,000 seconds need no 5,000 segments.
  function drawLine(context, { times, values }, color = '#888', x, y) {
    context.strokeStyle = color;
    context.lineWidth = 1.8;
    context.lineJoin = 'round';
    context.beginPath();
    let column = -1;
    for (let i = 0; i < times.length; i++) {
      const at = x(times[i]);
      if (Math.floor(at) === column && i < times.length - 1) continue;
      column = Math.floor(at);
      context.lineTo(at, y(values[i]));
    }
    context.stroke();
  }

  function drawCursor(context, end, x, y, height, line) {
    readout.hidden = cursor === undefined;
    if (cursor === undefined) return;
    const time = Math.min(end, cursor * end);
    context.strokeStyle = line;
    context.beginPath();
    context.moveTo(x(time), TOP);
    context.lineTo(x(time), height - BOTTOM);
    context.stroke();
    const values = [...series()].map(([id, points]) => ({ player: players().get(id), value: valueAt(points, time) }))
      .filter(({ value }) => value !== undefined).sort((a, b) => b.value - a.value);
    for (const { player, value } of values) {
      context.fillStyle = player.color;
      context.beginPath();
      context.arc(x(time), y(value), 3.2, 0, 7);
      context.fill();
    }
    readout.replaceChildren(h('strong', {}, clock(time)), ...values.map(({ player, value }) => {
      const swatch = h('i', { class: 'swatch' });
      swatch.style.background = player.color;
      return h('span', {}, swatch, player.name, h('b', {}, count(value)));
    }));
    const isLeft = x(time) > canvas.clientWidth / 2;
    readout.style.left = isLeft ? 'auto' : `${x(time) + 12}px`;
    readout.style.right = isLeft ? `${canvas.clientWidth - x(time) + 12}px` : 'auto';
  }

  function moveTo(share) {
    cursor = share === undefined ? undefined : Math.min(1, Math.max(0, share));
    redraw();
  }

  canvas.addEventListener('pointermove', event => moveTo((event.offsetX - LEFT) / (canvas.clientWidth - LEFT - RIGHT)));
  canvas.addEventListener('pointerleave', () => moveTo(undefined));
  canvas.addEventListener('blur', () => moveTo(undefined));
  canvas.addEventListener('keydown', event => {
    const by = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (by) { event.preventDefault(); moveTo((cursor ?? 1) + by); }
    if (event.key === 'Escape') moveTo(undefined);
  });

  function update() {
    for (const points of series().values()) points.peak = undefined;
    redraw();
    const leader = [...series()].map(([id, points]) => ({ id, value: points.values.at(-1) })).sort((a, b) => b.value - a.value)[0];
    const label = leader ? `${name} over ${clock(endTime())}. ${players().get(leader.id)?.name} leads with ${count(leader.value)}. The table has all values.` : `${name} over time: nothing yet`;
    if (canvas.getAttribute('aria-label') !== label) canvas.setAttribute('aria-label', label);
  }

  return { element, update, dispose };
}

// Not Math.max(...values): a long game has more values than a call takes arguments.
function highest(values) {
  return values.reduce((high, value) => Math.max(high, value), 0);
}

// Four to five lines at round numbers.
function scale(peak) {
  const raw = peak / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(it => it * power).find(it => it >= raw);
  return { step, top: Math.ceil(peak / step) * step };
}

// The value at the last sample that is not later.
function valueAt({ times, values }, time) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1; else high = middle;
  }
  return values[low - 1];
}
