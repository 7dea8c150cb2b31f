// What a viewer has seen, bounded: the oldest go first. Marks (the seam, gaps, ends) stand between messages as rows of their own.
export class MessageLog {
  #rows = [];
  #from = 0;
  #bytes = 0;

  constructor(maxRows = 50_000, maxBytes = 64 * 1024 * 1024) {
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  get length() { return this.#rows.length - this.#from; }

  // How many were dropped so far; row `i` is the `dropped + i`th that came.
  dropped = 0;

  at(index) { return this.#rows[this.#from + index]; }

  add(row) {
    this.#rows.push(row);
    this.#bytes += row.bytes?.length ?? 0;
    while (this.length > this.maxRows || (this.#bytes > this.maxBytes && this.length > 1)) {
      this.#bytes -= this.#rows[this.#from].bytes?.length ?? 0;
      this.#rows[this.#from++] = undefined;
      this.dropped++;
    }
    // The dropped front is cut off rarely, in one go: a shift for each message would copy the array each time.
    if (this.#from > 10_000) {
      this.#rows.splice(0, this.#from);
      this.#from = 0;
    }
  }

  clear() { this.#rows = []; this.#from = 0; this.#bytes = 0; this.dropped = 0; }
}
