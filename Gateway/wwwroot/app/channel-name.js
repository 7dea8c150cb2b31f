// What a channel may be called (PROTOCOL.md, section 1), for `pattern` and for an address that somebody typed.
import { h } from './dom.js';

export const CHANNEL_PATTERN = '([a-z][a-z0-9\\-]{0,31}/)?[A-Za-z0-9][A-Za-z0-9._~\\-]{0,63}';

export const isChannelName = name => new RegExp(`^${CHANNEL_PATTERN}$`).test(name);

export function badNameView(name) {
  return {
    title: 'No such channel',
    element: h('section', { class: 'page' }, h('h1', {}, 'No such channel'),
      h('p', { class: 'note', role: 'alert', test: 'bad-name' },
        `“${name}” can’t be a channel’s name: that is name or namespace/name, of letters, digits and . _ ~ -. `, h('a', { href: '#/' }, 'See what is live.'))),
    dispose() {},
  };
}
