// The players, the leader first: who they are, how they stand, what they research.
import { h, setText } from '../app/dom.js';
import { count } from '../app/format.js';

const COLUMNS = ['Player', 'Age', 'Score', 'Population', 'Military', 'Food', 'Wood', 'Gold', 'Stone', 'APM', 'Kills / losses', 'Researching'];

export function playerTable(game) {
  const body = h('tbody');
  const element = h('div', { class: 'panel scroller', role: 'region', 'aria-label': 'Players', tabIndex: 0 },
    h('table', { test: 'players' }, h('caption', { class: 'hidden' }, 'Players, the leader first'),
      h('thead', {}, h('tr', {}, COLUMNS.map((name, i) => h('th', { scope: 'col', class: i > 1 && i < 11 ? 'number' : '' }, name)))), body));
  const rows = new Map();

  function update() {
    const players = [...game.players.values()].sort((a, b) => (b.state?.score?.total ?? 0) - (a.state?.score?.total ?? 0) || a.id - b.id);
    for (const player of players) {
      if (!rows.has(player.id)) rows.set(player.id, playerRow());
      rows.get(player.id).show(player, game);
    }
    for (const id of rows.keys()) if (!game.players.has(id)) rows.delete(id);
    const ordered = players.map(player => rows.get(player.id).element);
    if (ordered.length !== body.children.length || ordered.some((row, i) => row !== body.children[i])) body.replaceChildren(...ordered);
  }

  return { element, update };
}

function playerRow() {
  const swatch = h('i', { class: 'swatch' }), name = h('span', { class: 'name' }), civilization = h('span', { class: 'meta' });
  const population = h('span'), bar = h('meter', { min: 0, max: 200, 'aria-hidden': 'true' }), research = h('td', { class: 'research' });
  const cell = () => h('td', { class: 'number' });
  const cells = { age: h('td'), score: cell(), military: cell(), food: cell(), wood: cell(), gold: cell(), stone: cell(), apm: cell(), kills: cell() };
  const element = h('tr', { test: 'player' },
    h('th', { scope: 'row' }, swatch, name, civilization), cells.age, cells.score, h('td', { class: 'number' }, bar, population),
    cells.military, cells.food, cells.wood, cells.gold, cells.stone, cells.apm, cells.kills, research);

  function show(player, game) {
    const { state = {} } = player;
    swatch.style.background = player.color;
    setText(name, player.name);
    setText(civilization, [player.civilization, player.team && `team ${player.team}`].filter(Boolean).join(', '));
    element.classList.toggle('resigned', Boolean(player.resigned || state.resigned));
    element.classList.toggle('winner', Boolean(game.winners?.includes(player.id)));
    setText(cells.age, (state.age ?? '').replace(' Age', ''));
    setText(cells.score, count(state.score?.total ?? 0));
    setText(population, `${state.population ?? 0}${state.limit ? ` / ${state.limit}` : ''}`);
    bar.value = state.population ?? 0;
    for (const key of ['military', 'food', 'wood', 'gold', 'stone']) setText(cells[key], count(state[key] ?? 0));
    setText(cells.apm, player.apm === undefined ? '–' : String(player.apm));
    setText(cells.kills, `${state.kills ?? 0} / ${state.losses ?? 0}`);
    showResearch(research, player, game);
  }

  return { element, show };
}

// Between two messages a technology goes on at its own pace.
function showResearch(cell, player, game) {
  const running = [...player.research].slice(-2);
  while (cell.children.length > running.length) cell.lastChild.remove();
  while (cell.children.length < running.length) cell.append(h('span', { class: 'tech' }, h('span'), h('progress', { max: 1 })));
  running.forEach(([technology, { since, seconds, progress }], i) => {
    const [label, bar] = cell.children[i].children;
    setText(label, technology);
    bar.setAttribute('aria-label', technology);
    bar.value = Math.min(1, Math.max(progress, seconds ? (game.time - since) / seconds : 0));
  });
}
