// Takes of a dashboard's message what has the right type, and leaves the rest out: anyone may publish anything into a game's channel.

const LONGEST_TEXT = 2000, LONGEST_LIST = 20_000, LARGEST_MAP = 1024;

const number = value => Number.isFinite(value) ? value : undefined;
const text = value => typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : undefined;
const flag = value => typeof value === 'boolean' ? value : undefined;
const color = value => /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(value) ? value : undefined;
const size = value => Number.isInteger(value) && value > 0 && value <= LARGEST_MAP ? value : undefined;
const id = value => number(value) ?? text(value);

const list = item => values => Array.isArray(values) ? values.slice(0, LONGEST_LIST).map(item).filter(value => value !== undefined) : undefined;

// An object's known members; undefined when one of `needed` is missing.
const record = (members, ...needed) => value => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const taken = {};
  for (const [name, take] of Object.entries(members)) {
    const member = Object.hasOwn(value, name) ? take(value[name]) : undefined;
    if (member !== undefined) taken[name] = member;
  }
  return needed.every(name => name in taken) ? taken : undefined;
};

const message = (members, ...needed) => record({ type: text, time: number, ...members }, 'type', ...needed);
const research = (...needed) => message({ player: id, technology: text, seconds: number, progress: number }, 'player', 'technology', ...needed);

const player = record({ id, name: text, color, civilization: text, team: number }, 'id');
const state = record({
  id, age: text, score: record({ total: number }), population: number, limit: number, military: number,
  food: number, wood: number, gold: number, stone: number, kills: number, losses: number, resigned: flag,
}, 'id');

const TYPES = {
  start: message({ title: text, map: text, length: number, players: list(player) }),
  map: message({ name: text, size, rows: list(text) }, 'size', 'rows'),
  title: message({ title: text }, 'title'),
  positions: message({ positions: list(record({ player: id, what: text, x: number, y: number }, 'player', 'x', 'y')) }, 'positions'),
  time: message({}),
  player_update: message({ players: list(state) }, 'players'),
  apm: message({ players: list(record({ id, apm: number, mean: number }, 'id')) }, 'players'),
  heatmap: message({ size, cells: list(number) }, 'size', 'cells'),
  research: research(),
  research_progress: research('progress'),
  research_stop: research(),
  trade: message({ player: id, total: number }, 'player'),
  tribute: message({ player: id, to: id, resource: text, amount: number }, 'player', 'to'),
  chat: message({ player: id, to: text, text }, 'player', 'text'),
  alert: message({ player: id, what: text, text, x: number, y: number }, 'text'),
  resign: message({ player: id }, 'player'),
  end: message({ winners: list(id) }),
};

// Returns the message with its valid members only, or undefined when it is not a message of a game.
export function readMessage(object) {
  return Object.hasOwn(TYPES, object?.type) ? TYPES[object.type](object) : undefined;
}
