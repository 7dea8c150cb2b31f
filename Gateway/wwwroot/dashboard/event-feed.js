// Chat, alerts, tributes and resigns, the newest first.
import { h } from '../app/dom.js';
import { clock } from '../app/format.js';

const ICONS = { chat: '💬', alert: '⚔️', age: '⏫', tribute: '🎁', resign: '🏳️', end: '🏆' };

export function eventFeed(game) {
  const list = h('ol', { class: 'feed', role: 'log', 'aria-label': 'Chat and alerts, the newest first', 'aria-live': 'off', tabIndex: 0, test: 'feed' });
  const element = h('div', { class: 'panel feed-panel' }, h('h2', {}, 'Chat and alerts'), list);
  let newest, feed;

  function update() {
    if (feed !== game.feed) { list.replaceChildren(); feed = game.feed; newest = undefined; }
    const known = newest === undefined ? -1 : feed.indexOf(newest);
    const fresh = feed.slice(known + 1);
    if (fresh.length === 0) return;
    newest = fresh.at(-1);
    list.prepend(...fresh.reverse().map(entry));
    while (list.children.length > feed.length) list.lastChild.remove();
  }

  function entry({ time, kind, what, player, to, text }) {
    const who = player === undefined || kind === 'alert' ? undefined : h('b', {}, game.player(player).name);
    const swatch = player === undefined ? undefined : h('i', { class: 'swatch' });
    if (swatch) swatch.style.background = game.player(player).color;
    return h('li', { class: kind, test: `feed-${kind}` },
      h('time', {}, clock(time)), h('span', { 'aria-hidden': 'true' }, ICONS[what] ?? ICONS[kind]), swatch,
      h('p', {}, who, who && ' ', kind === 'chat' && to === 'team' && h('small', {}, 'team '), h('span', {}, text)));
  }

  return { element, update };
}
