// `/`: what is live now.
import { CHANNEL_PATTERN } from './channel-name.js';
import { followDirectory } from './directory.js';
import { h } from './dom.js';
import { ago, bytes, count, plural } from './format.js';
import { linkTo } from './router.js';

export function channelsView() {
  const list = h('ul', { class: 'cards', test: 'channels', 'aria-label': 'Live channels' });
  const state = h('p', { class: 'state', role: 'status', test: 'channels-state' }, 'Asking the relay…');
  let shown = '';

  const stop = followDirectory(channels => {
    const live = channels.toSorted((a, b) => b.live - a.live || b.viewers - a.viewers || a.channel.localeCompare(b.channel));
    state.replaceChildren(...(live.length === 0 ? nothingYet() : []));
    state.hidden = live.length > 0;
    // Cards are kept, and so is the focus in them, while their facts are the same.
    const facts = JSON.stringify(live.map(it => [it, it.startedAt && ago(it.startedAt)]));
    if (facts === shown) return;
    shown = facts;
    const focused = document.activeElement?.getAttribute?.('href');
    list.replaceChildren(...live.map(card));
    if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }, error => {
    state.hidden = false;
    state.replaceChildren(`The relay does not answer (${error.message}). Trying again…`);
  });

  return {
    title: 'Live channels',
    element: h('section', { class: 'page' },
      h('div', { class: 'heading' }, h('h1', {}, 'Live channels'), openForm()),
      state, list),
    dispose: stop,
  };
}

function card(channel) {
  const { channel: name, live, viewers, title, game, description, startedAt, endedAt, head, heldBytes } = channel;
  return h('li', { class: live ? 'card is-live' : 'card', test: 'channel', 'data-channel': name },
    h('div', { class: 'card-top' },
      live ? h('span', { class: 'badge live' }, 'Live') : h('span', { class: 'badge' }, 'Ended'),
      h('span', { class: 'viewers', test: 'viewers', 'aria-label': plural(viewers, 'viewer') }, count(viewers), h('span', {}, viewers === 1 ? ' viewer' : ' viewers'))),
    h('h2', {}, h('a', { href: linkTo('watch', name), class: 'stretched' }, title || name)),
    h('p', { class: 'meta' }, [title && name, game, live && startedAt ? `on for ${ago(startedAt)}` : endedAt && `ended ${ago(endedAt)} ago`].filter(Boolean).join(' · ')),
    description && h('p', {}, description),
    h('p', { class: 'meta numbers' }, `${plural(head, 'message')} · ${bytes(heldBytes ?? 0)} held`),
    h('p', { class: 'card-actions' },
      h('a', { class: 'button', href: linkTo('watch', name), 'aria-label': `Watch ${name}`, test: 'watch' }, 'Watch'),
      h('a', { class: 'button quiet', href: linkTo('dashboard', name), 'aria-label': `Dashboard of ${name}`, test: 'dashboard' }, 'Dashboard')));
}

function nothingYet() {
  return [
    h('strong', {}, 'Nobody is live yet.'), ' Run ', h('code', {}, './relay demo'), ' to see a recorded game, or ',
    h('a', { href: linkTo('publish', '') }, 'publish something from here'), '.',
  ];
}

function openForm() {
  const name = h('input', {
    id: 'open-name', type: 'text', placeholder: 'channel', required: true, pattern: CHANNEL_PATTERN, autocomplete: 'off', spellcheck: false,
    autocapitalize: 'off', title: 'name, or namespace/name: letters, digits and . _ ~ -', test: 'open-name',
  });
  return h('form', { class: 'inline', on: { submit: event => { event.preventDefault(); location.hash = linkTo('watch', name.value); } } },
    h('label', { for: 'open-name', class: 'hidden' }, 'Channel to watch'), name, h('button', { class: 'button quiet', test: 'open' }, 'Watch'));
}
