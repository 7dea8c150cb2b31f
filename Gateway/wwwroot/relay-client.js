// A client of the relay's `relay.v1` subprotocol for browsers and Node 22+: watch a channel, publish into one.
// It stands alone: copy the file, or import it from a relay's own address. The protocol is Gateway/Wire/PROTOCOL.md.
//
//   const viewer = new RelayViewer({ url: 'wss://relay.example', channel: 'news', onMessage: m => console.log(m.text) });
//   const publisher = new RelayPublisher({ url: 'wss://relay.example', channel: 'news' });
//   await publisher.send('hello');

export const SUBPROTOCOL = 'relay.v1';

const TEXT = 1, BINARY = 2;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

// One message, relay to viewer:
//
//    byte   0        1        2 .. 9        10 .. 17             18 ..
//         +--------+--------+-------------+--------------------+-----------+
//         | 0x01   | kind   | offset      | published at, µs   | payload   |
//         +--------+--------+-------------+--------------------+-----------+
//
// Offset and time are BigInt, because both are 64 bits on the wire.
export function decodeMessage(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < 18 || bytes[0] !== 1 || (bytes[1] !== TEXT && bytes[1] !== BINARY)) {
    throw new RangeError(`not a ${SUBPROTOCOL} message: ${bytes.length} bytes beginning with ${bytes[0]} ${bytes[1]}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { kind: bytes[1] === TEXT ? 'text' : 'binary', offset: view.getBigUint64(2), publishedAt: view.getBigInt64(10), payload: bytes.subarray(18) };
}

// One message, publisher to relay: the same without the time, and 0x02 in front.
export function encodePublish(sequence, payload) {
  const isText = typeof payload === 'string';
  const body = isText ? encoder.encode(payload) : new Uint8Array(payload.buffer ?? payload, payload.byteOffset ?? 0, payload.byteLength);
  const frame = new Uint8Array(10 + body.length);
  frame[0] = 2;
  frame[1] = isText ? TEXT : BINARY;
  new DataView(frame.buffer).setBigUint64(2, BigInt(sequence));
  frame.set(body, 10);
  return frame;
}

// What a close code asks of us (PROTOCOL.md, section 8). A connection that broke without one is tried again like 41xx.
export function afterClose(code) {
  if ([1000, 1002, 1007, 1009].includes(code) || (code >= 4000 && code < 4100)) return 'stop';
  return code >= 4200 && code < 4300 ? 'at-once' : 'after-pause';
}

// Milliseconds to wait before attempt number `failures` + 1; `random` is 0 to 1. A relay that stays away is asked ever more rarely, up to 30 s.
export function reconnectDelay(after, failures, random) {
  if (after === 'at-once' && failures === 0) return random * 1000;
  return Math.min(30_000, (1000 + random * 4000) * 2 ** Math.min(Math.max(0, failures - 1), 5));
}

// What viewer and publisher share: one socket at a time, opened again as the close code allows.
class Connection {
  #options; #socket; #timer; #failures = 0; #isDone = false;

  constructor(options) {
    this.#options = { WebSocket: globalThis.WebSocket, random: Math.random, onState() {}, ...options };
    queueMicrotask(() => this.#open());
  }

  get socket() { return this.#socket; }

  // The connection is of use again: the next loss counts as the first.
  succeeded() { this.#failures = 0; this.#state('open'); }

  close() {
    this.#isDone = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    if (!this.#socket || this.#socket.readyState === 3) this.#state('closed', { code: 1000, reason: '' });
  }

  #open() {
    if (this.#isDone) return;
    this.#state('connecting');
    const socket = new this.#options.WebSocket(this.#options.address(), SUBPROTOCOL);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = event => this.#options.onFrame(event.data);
    socket.onclose = event => this.#closed(event);
    socket.onerror = () => {};
  }

  #closed({ code, reason }) {
    const after = this.#isDone ? 'stop' : afterClose(code);
    if (after === 'stop') {
      this.#isDone = true;
      this.#state('closed', { code, reason });
      return;
    }
    const delay = reconnectDelay(after, this.#failures++, this.#options.random());
    this.#state('waiting', { code, reason, delay });
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  #state(state, detail = {}) { this.#options.onState(state, detail); }
}

function address(url, path, query) {
  const full = new URL(path, url);
  full.protocol = full.protocol.replace('http', 'ws');
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null) full.searchParams.set(name, value);
  return full;
}

// Watches a channel for as long as it may, across reconnects, without missing what the relay still holds.
//   onMessage({ kind, text | undefined, bytes, epoch, offset, publishedAt (ms), isLive })
//   onNotice({ type, … })   as in PROTOCOL.md, and `loss` { from, to } should a message be missing that no notice explains
//   onState(state, detail)  connecting, open, waiting { code, reason, delay }, closed { code, reason }
// One of since ('epoch:offset'), tail (a number), from ('live') says where to start; without them, at the oldest message held.
export class RelayViewer {
  #connection; #options; #epoch; #next; #isLive = false;

  constructor(options) {
    this.#options = { url: globalThis.location?.href, onMessage() {}, onNotice() {}, ...options };
    this.#connection = new Connection({
      ...options,
      address: () => address(this.#options.url, `/viewer/${this.#options.channel}`, this.#start()),
      onFrame: data => typeof data === 'string' ? this.#notice(JSON.parse(data)) : this.#message(decodeMessage(data)),
    });
  }

  // Where this viewer is, `epoch:offset`: what to give as `since` another time. Undefined before the first hello.
  get position() { return this.#epoch === undefined ? undefined : `${this.#epoch}:${this.#next - 1}`; }

  close() { this.#connection.close(); }

  #start() {
    const { since, tail, from } = this.#options;
    return this.position ? { since: this.position } : { since, tail, from };
  }

  #message({ kind, offset, publishedAt, payload }) {
    const number = Number(offset);
    if (number < this.#next) return;
    if (number > this.#next) this.#options.onNotice({ type: 'loss', epoch: this.#epoch, from: this.#next, to: number - 1 });
    this.#next = number + 1;
    this.#options.onMessage({
      kind, bytes: payload, text: kind === 'text' ? decoder.decode(payload) : undefined,
      epoch: this.#epoch, offset: number, publishedAt: Number(publishedAt) / 1000, isLive: this.#isLive,
    });
  }

  #notice(notice) {
    switch (notice.type) {
      case 'hello': this.#epoch = notice.epoch; this.#next = notice.next; this.#isLive = false; this.#connection.succeeded(); break;
      case 'seam': this.#isLive = true; break;
      case 'gap': this.#next = Math.max(this.#next, notice.to + 1); break;
      case 'epoch': this.#epoch = notice.epoch; this.#next = notice.next; break;
    }
    this.#options.onNotice(notice);
    if (notice.type === 'position' && notice.epoch === this.#epoch && notice.offset >= this.#next) {
      this.#options.onNotice({ type: 'loss', epoch: this.#epoch, from: this.#next, to: notice.offset });
      this.#next = notice.offset + 1;
    }
  }
}

// Publishes into a channel. What was not acknowledged is sent again after a reconnect, and the relay stores each message once.
//   send(text or bytes)  a promise of the message's { epoch, offset } once stored
//   ready()              resolves when less than `limitBytes` (default 1 MiB) waits: await it between messages to send no faster than the relay takes
//   flushed()            resolves when nothing waits
//   startNew: true       drops what the channel had buffered, at the first connection
export class RelayPublisher {
  #connection; #options; #publisher; #waiting = []; #sequence = 0; #bytes = 0; #isFirst = true; #isOpen = false; #idle = []; #end;

  constructor(options) {
    this.#options = { url: globalThis.location?.href, limitBytes: 1024 * 1024, onNotice() {}, onState() {}, ...options };
    this.#publisher = options.publisher ?? randomName();
    this.#connection = new Connection({
      ...options,
      address: () => address(this.#options.url, `/streamer/${this.#options.channel}`,
        { publisher: this.#publisher, start: this.#options.startNew && this.#isFirst ? 'new' : undefined }),
      onFrame: data => this.#notice(JSON.parse(data)),
      onState: (state, detail) => this.#state(state, detail),
    });
  }

  get unacknowledged() { return this.#waiting.length; }

  get unacknowledgedBytes() { return this.#bytes; }

  send(payload) {
    if (this.#end) return Promise.reject(this.#end);
    const frame = encodePublish(++this.#sequence, payload);
    this.#bytes += frame.length;
    if (this.#isOpen) this.#connection.socket.send(frame);
    return new Promise((resolve, reject) => this.#waiting.push({ sequence: this.#sequence, frame, resolve, reject }));
  }

  ready() { return this.#when(() => this.#bytes < this.#options.limitBytes); }

  flushed() { return this.#when(() => this.#waiting.length === 0); }

  close() { this.#connection.close(); }

  #notice(notice) {
    if (notice.type === 'hello') {
      if (this.#isFirst) this.#numberFrom(notice.lastSequence);
      this.#isFirst = false;
      this.#acknowledge(notice.lastSequence, notice);
      for (const { frame } of this.#waiting) this.#connection.socket.send(frame);
      this.#isOpen = true;
      this.#connection.succeeded();
    } else if (notice.type === 'ack') {
      this.#acknowledge(notice.sequence, notice);
    }
    this.#options.onNotice(notice);
  }

  // A name that was used before goes on where it was: what this publisher was given to send is new all the same.
  #numberFrom(lastSequence) {
    this.#sequence += lastSequence;
    for (const message of this.#waiting) {
      message.sequence += lastSequence;
      new DataView(message.frame.buffer).setBigUint64(2, BigInt(message.sequence));
    }
  }

  // An ack stands for all up to its sequence; their offsets follow each other without gaps.
  #acknowledge(upTo, { epoch, offset }) {
    const count = this.#waiting.findIndex(({ sequence }) => sequence > upTo);
    for (const { sequence, frame, resolve } of this.#waiting.splice(0, count < 0 ? this.#waiting.length : count)) {
      this.#bytes -= frame.length;
      resolve({ epoch, offset: offset === undefined ? undefined : offset - (upTo - sequence) });
    }
    this.#settle();
  }

  #state(state, detail) {
    this.#isOpen = state === 'open';
    if (state === 'closed') {
      this.#end = Object.assign(new Error(`publishing ended: ${detail.code} ${detail.reason}`), detail);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
      this.#bytes = 0;
      this.#settle();
    }
    this.#options.onState(state, detail);
  }

  #when(condition) {
    return condition() ? Promise.resolve() : new Promise(resolve => this.#idle.push({ condition, resolve }));
  }

  #settle() {
    this.#idle = this.#idle.filter(({ condition, resolve }) => {
      if (condition()) resolve();
      return !condition();
    });
  }
}

// Not crypto.randomUUID: that one is missing on pages served without TLS from another machine.
function randomName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), byte => byte.toString(36).padStart(2, '0')).join('');
}
