// One message, whole: as text, as JSON laid out, as what a dashboard packed, or as bytes.
import { h } from './dom.js';
import { bytes, timeOfDay } from './format.js';
import { unpack } from '../dashboard/payload.js';

const SHOWN = 64 * 1024;

export function messageDetail() {
  const body = h('pre', { test: 'detail-body', tabIndex: 0 });
  const head = h('h2', {}, 'Message');
  const note = h('p', { class: 'meta' }, 'The newest message is shown here until you choose one.');
  const element = h('aside', { class: 'panel detail', 'aria-label': 'One message, whole', test: 'detail' }, head, note, body);
  let latest = 0, isChosen = false, newest;

  // The one that was chosen stays.
  function showNewest(message) {
    if (isChosen || message === newest) return;
    newest = message;
    show(message, 'Newest message');
  }

  function choose(message) {
    isChosen = true;
    show(message, `Message ${message.offset}`);
  }

  async function show(message, heading) {
    const turn = ++latest;
    const facts = [`${message.epoch}:${message.offset}`, timeOfDay(message.publishedAt), bytes(message.bytes.length), message.isLive ? 'live' : 'buffered'];
    const { form, text } = await describe(message);
    if (turn !== latest) return;
    head.textContent = heading;
    note.textContent = [...facts, form].join(' · ');
    body.textContent = text.length > SHOWN ? `${text.slice(0, SHOWN)}\n… ${bytes(text.length - SHOWN)} more` : text;
  }

  return { element, choose, showNewest };
}

async function describe({ text, bytes: payload }) {
  if (text === undefined) return { form: 'binary', text: hexDump(payload.subarray(0, 4096)) };
  try {
    return { form: 'JSON', text: layOut(text) };
  } catch { /* not JSON: perhaps a dashboard's payload */ }
  try {
    const unpacked = await unpack(text);
    return { form: 'dashboard payload, unpacked', text: layOut(unpacked) };
  } catch {
    return { form: 'text', text };
  }
}

// Indented, but lists of numbers stay on a line.
function layOut(json) {
  return JSON.stringify(JSON.parse(json), null, 2).replace(/\[[-\d.eE,\s]+\]/g, numbers => numbers.replace(/\s+/g, ' '));
}

function hexDump(payload) {
  const lines = [];
  for (let at = 0; at < payload.length; at += 16) {
    const part = Array.from(payload.subarray(at, at + 16));
    const hex = part.map(byte => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map(byte => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.').join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
