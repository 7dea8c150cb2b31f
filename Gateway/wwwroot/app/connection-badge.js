// Says in one line how the connection is, and counts down to the next attempt.
import { h, setText } from './dom.js';

const REASONS = {
  1002: 'the framing was broken', 1007: 'a message was not valid UTF-8', 1009: 'the message was too big',
  4000: 'a message was malformed', 4001: 'another publisher took the channel', 4002: 'a message was left out',
  4003: 'the channel is busy: it has a publisher', 4100: 'too slow for this channel', 4101: 'nothing was sent in time',
  4102: 'the channel is unavailable', 4103: 'a message was left unfinished', 4104: 'too many connections', 4200: 'the relay is restarting',
};

export function connectionBadge() {
  const text = h('span');
  const element = h('p', { class: 'connection', role: 'status', test: 'connection' }, h('span', { class: 'dot', 'aria-hidden': 'true' }), text);
  let timer;

  function show(state, detail = {}) {
    clearInterval(timer);
    element.dataset.state = state;
    const why = REASONS[detail.code] ?? detail.reason ?? '';
    if (state === 'waiting') {
      const at = performance.now() + detail.delay;
      const tick = () => setText(text, `${why || 'Connection lost'}; again in ${Math.max(0, Math.ceil((at - performance.now()) / 1000))} s`);
      tick();
      timer = setInterval(tick, 1000);
    } else {
      setText(text, {
        idle: 'Not connected', connecting: 'Connecting…', open: 'Connected', closed: why && detail.code !== 1000 ? `Closed: ${why}` : 'Closed',
      }[state]);
    }
  }

  show('idle');
  return { element, show, dispose: () => clearInterval(timer) };
}
