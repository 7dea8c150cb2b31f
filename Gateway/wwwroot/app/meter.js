// Messages and bytes a second over the last five seconds, and their latency over the last ten.
const WINDOW_S = 5;

export class Meter {
  #seconds = [];
  #latencies = [];

  add(size, latency, now = performance.now()) {
    const second = Math.floor(now / 1000);
    let last = this.#seconds.at(-1);
    if (last?.second !== second) {
      this.#seconds.push(last = { second, messages: 0, bytes: 0 });
      if (this.#seconds.length > WINDOW_S + 1) this.#seconds.shift();
    }
    last.messages++;
    last.bytes += size;
    this.#latencies.push({ now, latency });
    // Enough for 100 a second over the window; of more, the latest.
    if (this.#latencies.length > 1000) this.#latencies.splice(0, 200);
  }

  read(now = performance.now()) {
    const second = Math.floor(now / 1000);
    const recent = this.#seconds.filter(it => it.second >= second - WINDOW_S && it.second < second);
    const sum = key => recent.reduce((total, it) => total + it[key], 0) / WINDOW_S;
    const latencies = this.#latencies.filter(it => it.now > now - 10_000).map(it => it.latency).sort((a, b) => a - b);
    return { messages: sum('messages'), bytes: sum('bytes'), median: latencies[Math.floor(latencies.length / 2)] };
  }
}
