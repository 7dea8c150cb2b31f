// A recorded file: one JSON object a line, {"at": ms, "text": "…"} or {"at": ms, "binary": "<base64>"} (tests/Recordings/README.md).
export function parseRecording(text) {
  const messages = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    if (line.trim()) messages.push(parseLine(line, number));
  }
  if (messages.length === 0) throw new Error('The file has no messages.');
  return messages.sort((a, b) => a.at - b.at);
}

function parseLine(line, number) {
  let message;
  try { message = JSON.parse(line); } catch { throw new Error(`Line ${number} is not JSON. A recording has one {"at":…,"text":…} a line.`); }
  if (typeof message?.at !== 'number' || (typeof message.text !== 'string') === (typeof message.binary !== 'string')) {
    throw new Error(`Line ${number} needs "at" (milliseconds) and either "text" or "binary" (base64).`);
  }
  return { at: message.at, payload: message.text ?? Uint8Array.from(atob(message.binary), letter => letter.charCodeAt(0)) };
}

// Plays messages through `send` at their own pace times `speed`; never faster than `ready` allows. `speed` may be changed while it plays.
export class RecordingPlayer {
  #messages; #send; #ready; #at = 0; #since; #timer; #wake; #isStopped = false;

  constructor(messages, { send, ready, speed }) {
    this.#messages = messages;
    this.#send = send;
    this.#ready = ready;
    this.speed = speed;
  }

  sent = 0;

  get length() { return this.#messages.at(-1).at; }

  get position() { return this.sent === 0 ? 0 : this.#messages[this.sent - 1].at; }

  async play() {
    this.#since = performance.now();
    while (this.sent < this.#messages.length && !this.#isStopped) {
      this.#advance();
      const wait = (this.#messages[this.sent].at - this.#at) / this.speed;
      // Timers are a few milliseconds coarse: what is due by then goes out now.
      if (wait > 4) {
        await this.#sleep(Math.min(wait, 1000));
      } else {
        await this.#ready();
        if (!this.#isStopped) this.#send(this.#messages[this.sent++].payload);
      }
    }
    return !this.#isStopped;
  }

  setSpeed(speed) { this.#advance(); this.speed = speed; this.#wake?.(); }

  stop() { this.#isStopped = true; this.#wake?.(); }

  // Moves the recording's clock on by what passed at the present speed.
  #advance() {
    const now = performance.now();
    this.#at += (now - this.#since) * this.speed;
    this.#since = now;
  }

  #sleep(milliseconds) {
    return new Promise(resolve => {
      this.#wake = () => { clearTimeout(this.#timer); resolve(); };
      this.#timer = setTimeout(resolve, milliseconds);
    });
  }
}
