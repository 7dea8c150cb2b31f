// The map from above: terrain, where it is hot, towns and armies, and a ring where a battle was announced.
import { h } from '../app/dom.js';
import { sharpCanvas } from './canvas.js';

const TERRAIN = { light: { '.': '#dfe6cf', f: '#a9c19a', w: '#a8cbe0', g: '#ead48a', s: '#c3c3c0' }, dark: { '.': '#232c25', f: '#1a3a25', w: '#1b3c52', g: '#574a1e', s: '#3c4044' } };
const ALERT_SECONDS = 40;

export function gameMap(game) {
  const canvas = h('canvas', { class: 'map', role: 'img', test: 'map', 'aria-label': 'Map: no positions yet' });
  const caption = h('figcaption', {}, 'Map');
  const element = h('figure', { class: 'panel' }, caption, canvas,
    h('p', { class: 'legend' }, h('span', { class: 'key town' }, 'town'), h('span', { class: 'key army' }, 'army'), h('span', { class: 'key heat' }, 'activity')));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const { redraw, dispose } = sharpCanvas(canvas, draw);
  dark.addEventListener('change', redraw);

  function draw(context, width, height) {
    const size = game.map?.size ?? game.heat?.size ?? 48;
    const cell = Math.min(width, height) / size;
    const colors = dark.matches ? TERRAIN.dark : TERRAIN.light;
    context.fillStyle = colors['.'];
    context.fillRect(0, 0, cell * size, cell * size);
    game.map?.rows.forEach((row, y) => [...row].forEach((letter, x) => {
      if (letter === '.') return;
      context.fillStyle = colors[letter] ?? colors['.'];
      context.fillRect(x * cell, y * cell, cell + 0.5, cell + 0.5);
    }));

    // Heat 1 to 99: the square root keeps the faint trails of scouts visible beside a battle.
    for (let i = 0; i < (game.heat?.cells.length ?? 0); i += 2) {
      const [at, heat] = [game.heat.cells[i], game.heat.cells[i + 1]];
      context.fillStyle = `hsl(${40 - heat * 0.35} 95% 55% / ${Math.sqrt(heat / 99) * 0.85})`;
      context.fillRect((at % size) * cell, Math.floor(at / size) * cell, cell, cell);
    }

    for (const { player, what, x, y } of game.positions) {
      context.fillStyle = game.player(player).color;
      context.strokeStyle = dark.matches ? '#fff' : '#1c2420';
      context.lineWidth = 1.5;
      context.beginPath();
      if (what === 'town') context.rect(x * cell - 5, y * cell - 5, 10, 10);
      else context.arc(x * cell, y * cell, 5, 0, 7);
      context.fill();
      context.stroke();
    }

    for (const { x, y, time } of game.feed) {
      if (x === undefined || game.time - time > ALERT_SECONDS) continue;
      context.strokeStyle = '#ff3b30';
      context.lineWidth = 2;
      context.globalAlpha = 1 - (game.time - time) / ALERT_SECONDS;
      context.beginPath();
      context.arc(x * cell, y * cell, 8 + (game.time - time) / 3, 0, 7);
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  function update() {
    caption.textContent = game.mapName ? `Map: ${game.mapName}` : 'Map';
    const towns = game.positions.filter(it => it.what === 'town').length;
    const label = `Map ${game.mapName ?? ''}: ${towns} towns, ${game.positions.length - towns} armies`;
    if (canvas.getAttribute('aria-label') !== label) canvas.setAttribute('aria-label', label);
    redraw();
  }

  return { element, update, dispose: () => { dispose(); dark.removeEventListener('change', redraw); } };
}
