// `/#/dashboard/<channel>`: a game as a spectator wants to see it, from a dashboard's packed messages.
import { connectionBadge } from '../app/connection-badge.js';
import { h, setText } from '../app/dom.js';
import { clock, count, plural } from '../app/format.js';
import { linkTo } from '../app/router.js';
import { RelayViewer } from '../relay-client.js';
import { eventFeed } from './event-feed.js';
import { gameMap } from './game-map.js';
import { Game } from './game.js';
import { lineChart } from './line-chart.js';
import { playerTable } from './player-table.js';
import { UnpackQueue } from './unpack-queue.js';

// Ten pictures a second: the game moves once a second, and at 20 times its pace that is still smooth.
const DRAW_EVERY_MS = 100;

export function dashboardView(channel) {
  const game = new Game(), badge = connectionBadge();
  const title = h('h1', { test: 'game-title' }, channel);
  const time = h('output', { class: 'game-clock', 'aria-label': 'Game time', test: 'clock' }, '0:00');
  const sub = h('p', { class: 'meta', test: 'dashboard-meta' }, channel);
  const banner = h('p', { class: 'note', role: 'status', test: 'dashboard-note' }, 'Waiting for a game…');
  const chart = (name, key) => lineChart({ name, test: `chart-${key}`, series: () => game.series[key], players: () => game.players });
  const parts = {
    players: playerTable(game), population: chart('Population', 'population'), score: chart('Score', 'score'), map: gameMap(game), feed: eventFeed(game),
  };
  let others = 0, hasChanged = true, skipped = 0, ended;

  const queue = new UnpackQueue(message => { game.apply(message); hasChanged = true; }, () => { others++; hasChanged = true; });
  const viewer = new RelayViewer({
    channel,
    onMessage: message => queue.add(message),
    onNotice: notice => {
      if (notice.type === 'epoch' || (notice.type === 'started' && notice.reset)) { queue.clear(); game.clear(); }
      if (notice.type === 'started' || notice.type === 'hello') ended = undefined;
      if (notice.type === 'ended') ended = notice.reason;
      hasChanged = true;
    },
    onState: badge.show,
  });

  function refresh() {
    // While thousands of buffered messages are unpacked, every fifth picture is enough.
    if (!hasChanged || (queue.length > 500 && ++skipped % 5 !== 0)) return;
    hasChanged = queue.length > 0;
    setText(title, game.title || channel);
    setText(time, clock(game.time));
    setText(sub, [channel, game.length && `${clock(game.length)} long`, plural(game.received, 'message')].filter(Boolean).join(' · '));
    const note = noteFor();
    banner.hidden = !note;
    if (note) setText(banner, note);
    banner.classList.toggle('won', Boolean(game.winners) && queue.length === 0);
    for (const part of Object.values(parts)) part.update();
  }

  function noteFor() {
    if (queue.length > 500) return `Catching up: ${count(game.received)} of ${count(game.received + queue.length)} messages…`;
    if (game.winners) return `🏆 ${game.winners.map(id => game.player(id).name).join(', ')} won after ${clock(game.time)}`;
    if (game.received === 0 && others > 0) return 'This channel’s messages are not a game dashboard’s. Watch them as they are instead.';
    if (ended) return 'The stream is over.';
    return game.received === 0 ? 'Waiting for a game…' : '';
  }

  const timer = setInterval(refresh, DRAW_EVERY_MS);

  return {
    title: `${channel} dashboard`,
    element: h('section', { class: 'page dashboard', test: 'dashboard-view' },
      h('div', { class: 'heading' },
        h('div', {}, title, sub), time,
        h('div', { class: 'actions' }, badge.element, h('a', { class: 'button quiet', href: linkTo('watch', channel) }, 'Messages'))),
      banner,
      h('div', { class: 'board' },
        parts.players.element, parts.score.element, parts.population.element, parts.map.element, parts.feed.element)),
    mounted: refresh,
    dispose() { viewer.close(); queue.stop(); clearInterval(timer); badge.dispose(); for (const part of Object.values(parts)) part.dispose?.(); },
  };
}
