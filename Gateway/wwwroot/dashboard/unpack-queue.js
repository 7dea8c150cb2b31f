// Unpacks messages in their order, off the socket's handler: inflating is asynchronous, and 29,000 buffered messages come at once.
import { unpack } from './payload.js';
import { readMessage } from './schema.js';

// More at a time is no faster (Chromium 156: 0.12 ms a message one by one, 0.20 ms with 32 at once); a few save turns of the event loop.
const AT_ONCE = 4;
// A pause for input and drawing after that many milliseconds of work.
const SLICE_MS = 12;

export class UnpackQueue {
  #waiting = []; #first = 0; #isRunning = false; #isStopped = false; #onMessage; #onOther;

  // onMessage(object, isLive) for each that is a dashboard's; onOther() for each that isn't.
  constructor(onMessage, onOther) {
    this.#onMessage = onMessage;
    this.#onOther = onOther;
  }

  get length() { return this.#waiting.length - this.#first; }

  add(message) {
    this.#waiting.push(message);
    if (!this.#isRunning) this.#run();
  }

  clear() { this.#waiting = []; this.#first = 0; }

  stop() { this.#isStopped = true; this.clear(); }

  async #run() {
    this.#isRunning = true;
    let began = performance.now();
    while (this.length > 0 && !this.#isStopped) {
      const queue = this.#waiting;
      const batch = queue.slice(this.#first, this.#first + AT_ONCE);
      this.#first += batch.length;
      if (this.#first > 4096) { this.#waiting = queue.slice(this.#first); this.#first = 0; }
      const own = this.#waiting;
      const objects = await Promise.all(batch.map(parse));
      // Cleared meanwhile: these are of the stream before.
      if (own !== this.#waiting || this.#isStopped) continue;
      objects.forEach((object, i) => this.#give(object, batch[i]));
      if (performance.now() - began > SLICE_MS) {
        await new Promise(resolve => setTimeout(resolve));
        began = performance.now();
      }
    }
    this.#isRunning = false;
  }

  // What one message does to its taker must not keep the next from coming.
  #give(object, message) {
    try {
      if (object) this.#onMessage(object, message.isLive); else this.#onOther(message);
    } catch (error) {
      console.error('A message could not be shown.', error);
    }
  }
}

// A dashboard that sends its JSON as it is, is understood as well.
async function parse({ text }) {
  if (text === undefined) return undefined;
  try {
    return readMessage(JSON.parse(text.trimStart().startsWith('{') ? text : await unpack(text)));
  } catch {
    return undefined;
  }
}
