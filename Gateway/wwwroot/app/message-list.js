// A list of a MessageLog that only ever has the visible rows in the page: 30,000 messages cost as much as 30.
// It follows the end until one scrolls up. Arrow keys, Page, Home and End move the choice; the chosen row is told to `onChoose`.
import { h } from './dom.js';
import { bytes, timeOfDay } from './format.js';

const ROW = 30;

export function messageList(log, onChoose) {
  const rows = h('div', { class: 'rows' });
  const tall = h('div', { class: 'tall' }, rows);
  const element = h('div', {
    class: 'messages', role: 'listbox', tabIndex: 0, 'aria-label': 'Messages, oldest first', test: 'messages', on: { scroll: onScroll, keydown: onKey, click: onClick },
  }, tall);
  const end = h('button', { class: 'button to-end', type: 'button', hidden: true, test: 'to-end', on: { click: () => { follows = true; draw(); } } }, '↓ Newest');
  // The rows in the page, by their message. A row stays the same element while it is in sight: a click ends on the one that it began on.
  const drawn = new Map();
  let follows = true, chosen, frame, drawnTop = 0, drawnLength = 0;

  function update() {
    frame ??= requestAnimationFrame(() => { frame = undefined; draw(); });
  }

  function draw() {
    drawnLength = log.length;
    tall.style.height = `${drawnLength * ROW}px`;
    if (follows) element.scrollTop = drawnLength * ROW;
    drawnTop = element.scrollTop;
    const first = Math.max(0, Math.floor(drawnTop / ROW) - 4);
    const last = Math.min(drawnLength, first + Math.ceil(element.clientHeight / ROW) + 8);
    rows.style.transform = `translateY(${first * ROW}px)`;
    const seen = new Set(Array.from({ length: last - first }, (_, i) => log.at(first + i)));
    for (const [it, shown] of drawn) if (!seen.has(it)) { shown.remove(); drawn.delete(it); }
    let at = 0;
    for (const it of seen) show(it, first + at, at++);
    end.hidden = follows;
  }

  function show(it, index, at) {
    let shown = drawn.get(it);
    if (!shown) drawn.set(it, shown = row(it));
    if (rows.children[at] !== shown) rows.insertBefore(shown, rows.children[at] ?? null);
    shown.id = `row-${log.dropped + index}`;
    shown.dataset.index = index;
    const isChosen = chosen === log.dropped + index;
    shown.setAttribute('aria-selected', isChosen);
    shown.classList.toggle('chosen', isChosen && !it.mark);
    if (isChosen) element.setAttribute('aria-activedescendant', shown.id);
  }

  function row(it) {
    if (it.mark) return h('div', { role: 'option', class: `row mark ${it.mark}`, test: `mark-${it.mark}` }, h('span', {}, it.label));
    return h('div', { role: 'option', class: 'row', test: 'message', 'data-offset': it.offset, 'data-live': it.isLive },
      h('span', { class: 'offset' }, String(it.offset)),
      h('span', { class: 'at' }, timeOfDay(it.publishedAt)),
      h('span', { class: 'size' }, bytes(it.bytes.length)),
      h('span', { class: `kind ${it.kind}` }, it.kind),
      h('span', { class: 'preview' }, preview(it)));
  }

  function onScroll() {
    // A scroll that draw() made itself is no wish to leave the end; nor is one that the browser made because the list grew taller.
    // The end is the one that was drawn: more may have come since.
    if (Math.abs(element.scrollTop - drawnTop) < 1) return;
    follows = element.scrollTop + element.clientHeight >= drawnLength * ROW - ROW;
    update();
  }

  function onClick(event) {
    const index = event.target.closest('[data-index]')?.dataset.index;
    if (index !== undefined) choose(Number(index));
  }

  function onKey(event) {
    const now = chosen === undefined ? log.length - 1 : chosen - log.dropped;
    const page = Math.floor(element.clientHeight / ROW) - 1;
    const to = { ArrowUp: now - 1, ArrowDown: now + 1, PageUp: now - page, PageDown: now + page, Home: 0, End: log.length - 1 }[event.key];
    if (to === undefined || log.length === 0) return;
    event.preventDefault();
    choose(Math.min(log.length - 1, Math.max(0, to)));
  }

  function choose(index) {
    chosen = log.dropped + index;
    follows = index === log.length - 1 && follows;
    const top = index * ROW;
    if (!follows) element.scrollTop = Math.min(top, Math.max(element.scrollTop, top + ROW - element.clientHeight));
    drawnTop = element.scrollTop;
    draw();
    if (!log.at(index).mark) onChoose(log.at(index));
  }

  const resized = new ResizeObserver(update);
  resized.observe(element);
  return { element: h('div', { class: 'message-frame' }, element, end), update, dispose: () => { resized.disconnect(); cancelAnimationFrame(frame); } };
}

function preview({ text, bytes: payload }) {
  if (text !== undefined) return text.length > 300 ? text.slice(0, 300) : text || '(empty)';
  return Array.from(payload.subarray(0, 48), byte => byte.toString(16).padStart(2, '0')).join(' ');
}
