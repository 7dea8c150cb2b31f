// `/#/publish/<channel>`: publish by typing, or by playing a recorded file.
import { CHANNEL_PATTERN } from './channel-name.js';
import { connectionBadge } from './connection-badge.js';
import { h, tile } from './dom.js';
import { count, milliseconds } from './format.js';
import { recordingPanel } from './recording-panel.js';
import { RelayPublisher } from '../relay-client.js';
import { linkTo } from './router.js';

export function publishView(channel) {
  const badge = connectionBadge();
  const tiles = {
    stored: tile('Stored', 'stored', 'Messages that the relay has acknowledged'),
    waiting: tile('On the way', 'on-the-way', 'Sent or to be sent, and not yet acknowledged'),
    latency: tile('Acknowledged in', 'ack-latency', 'How long the latest acknowledgement took'),
    position: tile('Position', 'publish-position', 'Offset of the last message stored'),
  };
  let publisher, stored = 0, latency, offset;

  const name = h('input', {
    id: 'publish-channel', type: 'text', value: channel, required: true, pattern: CHANNEL_PATTERN, autocomplete: 'off', spellcheck: false,
    autocapitalize: 'off', placeholder: 'my-channel', title: 'name, or namespace/name: letters, digits and . _ ~ -', test: 'publish-channel',
  });
  const text = h('textarea', {
    id: 'publish-text', rows: 3, placeholder: 'A message. Enter sends, Shift+Enter begins a new line.', test: 'publish-text', on: { keydown: onKey },
  });
  const last = h('p', { class: 'meta', role: 'status', test: 'publish-status' });
  const end = h('button', { type: 'button', class: 'button quiet', disabled: true, test: 'end-stream', on: { click: endStream } }, 'End the stream');
  const watch = h('a', { class: 'button quiet', hidden: true, target: '_blank', rel: 'noopener', test: 'watch-own' }, 'Watch it');
  const recording = recordingPanel({ open, send, endStream });

  // One publisher for one channel: another name ends the stream in the former.
  function open({ startNew = false } = {}) {
    if (!name.reportValidity()) return undefined;
    if (publisher && publisher.channel === name.value && !startNew) return publisher;
    endStream();
    const opened = new RelayPublisher({
      channel: name.value, startNew,
      onState: (state, detail) => {
        if (opened !== publisher) return;
        badge.show(state, detail);
        if (state === 'closed') { publisher = undefined; setOpen(false); recording.stopped(); }
      },
    });
    opened.channel = name.value;
    publisher = opened;
    setOpen(true);
    return publisher;
  }

  function send(payload) {
    const started = performance.now();
    return publisher.send(payload).then(position => {
      stored++;
      latency = performance.now() - started;
      offset = position.offset ?? offset;
      return position;
    });
  }

  async function sendTyped() {
    const payload = text.value;
    if (payload === '' || !open()) return;
    text.value = '';
    text.focus();
    try {
      const { epoch, offset: at } = await send(payload);
      last.textContent = at === undefined ? 'Stored.' : `Stored at ${epoch}:${at}.`;
    } catch (error) {
      text.value ||= payload;
      last.textContent = `Not sent: ${error.message}`;
    }
  }

  function onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    sendTyped();
  }

  function endStream() {
    const ending = publisher;
    publisher = undefined;
    ending?.close();
    if (ending) { badge.show('closed', { code: 1000 }); setOpen(false); }
  }

  function setOpen(isOpen) {
    end.disabled = !isOpen;
    name.readOnly = isOpen;
    watch.hidden = !isOpen;
    watch.href = linkTo('watch', name.value);
  }

  const timer = setInterval(() => {
    tiles.stored.set(count(stored));
    tiles.waiting.set(count(publisher?.unacknowledged ?? 0));
    tiles.latency.set(latency === undefined ? '–' : milliseconds(latency));
    tiles.position.set(offset === undefined ? '–' : count(offset));
  }, 200);

  return {
    title: channel ? `Publish ${channel}` : 'Publish',
    element: h('section', { class: 'page publish', test: 'publish-view' },
      h('div', { class: 'heading' }, h('h1', {}, 'Publish'), h('div', { class: 'actions' }, badge.element, watch, end)),
      h('dl', { class: 'tiles' }, Object.values(tiles).map(it => it.element)),
      h('div', { class: 'columns' },
        h('form', { class: 'panel', on: { submit: event => { event.preventDefault(); sendTyped(); } } },
          h('h2', {}, 'Type'),
          h('label', { for: 'publish-channel' }, 'Channel'), name,
          h('label', { for: 'publish-text' }, 'Message'), text,
          h('div', { class: 'line' }, h('button', { class: 'button', test: 'publish-send' }, 'Send'), last)),
        recording.element)),
    mounted: () => (channel ? text : name).focus(),
    dispose() { recording.stop(); endStream(); clearInterval(timer); badge.dispose(); },
  };
}
