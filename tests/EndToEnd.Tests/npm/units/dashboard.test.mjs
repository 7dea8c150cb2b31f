// Units of the dashboard page, by node --test: hostile payloads, and the queue that gives them.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

// A copy, in a folder that says what a .js file is: a page needs none to say so.
const page = await mkdtemp(join(tmpdir(), 'relay-page-'));
after(() => rm(page, { recursive: true }));
await cp(new URL('../../../../Gateway/wwwroot', import.meta.url), page, { recursive: true });
await writeFile(join(page, 'package.json'), '{"type":"module"}');
const load = file => import(pathToFileURL(join(page, file)));
const { Game } = await load('dashboard/game.js');
const { readMessage } = await load('dashboard/schema.js');
const { UnpackQueue } = await load('dashboard/unpack-queue.js');

const VALUES = [undefined, null, 0, -1, 7, 1e308, NaN, true, '', 'x', [], [null], [[]], {}, { id: {} }, [{ id: 'x' }], [{ id: 1, score: 7 }], [{ id: 1, score: { total: 'x' } }]];
const TYPES = [
  'start', 'map', 'title', 'positions', 'time', 'player_update', 'apm', 'heatmap', 'research', 'research_progress', 'research_stop', 'trade', 'tribute', 'chat', 'alert', 'resign', 'end',
  'constructor', '__proto__', 'toString', '',
];
const MEMBERS = ['time', 'title', 'map', 'length', 'players', 'name', 'size', 'rows', 'positions', 'cells', 'player', 'technology', 'seconds', 'progress', 'total', 'to', 'resource', 'amount', 'text', 'what', 'x', 'y', 'winners'];

async function settle(queue) {
  while (queue.length > 0) await new Promise(resolve => setTimeout(resolve, 1));
  await new Promise(resolve => setTimeout(resolve, 5));
}

test('a game takes any message whatever one of its members is', () => {
  for (const type of TYPES) {
    for (const member of MEMBERS) {
      for (const value of VALUES) {
        const game = new Game();
        const message = readMessage({ type, [member]: value });
        if (message) game.apply(message);
        for (const points of Object.values(game.series).flatMap(series => [...series.values()])) {
          assert.ok([...points.times, ...points.values].every(Number.isFinite), `${type}.${member} = ${JSON.stringify(value)}`);
        }
      }
    }
  }
});

test('what is no message of a game is none', () => {
  for (const object of [undefined, null, 1, 'start', [], {}, { type: 1 }, { type: 'unknown' }, { type: 'constructor' }]) assert.equal(readMessage(object), undefined);
});

test('members of a wrong type are left out and the others stay', () => {
  const message = readMessage({ type: 'player_update', time: 5, players: [{ id: 1, population: 'x', score: { total: 7 } }, { population: 3 }, 9] });
  assert.deepEqual(message, { type: 'player_update', time: 5, players: [{ id: 1, score: { total: 7 } }] });
  assert.deepEqual(readMessage({ type: 'start', players: 7 }), { type: 'start' });
  assert.deepEqual(readMessage({ type: 'start', players: [{ id: 1, color: 'url(//elsewhere)' }] }), { type: 'start', players: [{ id: 1 }] });
});

test('the queue goes on after a malformed message, and after a taker that throws', async () => {
  const taken = [], others = [], errors = [];
  console.error = (...what) => errors.push(what);
  const queue = new UnpackQueue(message => { taken.push(message.time); if (message.time === 2) throw new Error('a fault of the view'); }, message => others.push(message.text));
  queue.add({ text: '{"type":"start","players":7}' });
  queue.add({ text: '{"type":"time","time":1}' });
  queue.add({ text: 'no payload' });
  queue.add({ text: undefined });
  queue.add({ text: '{"type":"time","time":2}' });
  await settle(queue);
  queue.add({ text: '{"type":"time","time":3}' });
  await settle(queue);
  assert.deepEqual(taken, [undefined, 1, 2, 3]);
  assert.deepEqual(others, ['no payload', undefined]);
  assert.equal(errors.length, 1);
});
