/**
 * Tokens of one sliding window. A call holds its token from before it is sent until the window's length after its
 * answer came: wherever in between Keap counted it, and whether Keap's window slides or stands, no window of Keap's
 * can hold more calls than there are tokens. The price is the answer's time, per token and window.
 */
export class TokenWindow {
  #inFlight = 0;
  /** When each answered call gives its token back, in ascending order from `#head` on. */
  #returns: number[] = [];
  #head = 0;

  constructor(
    readonly windowMs: number,
    public capacity: number,
  ) {}

  /** Tokens that are not free: calls under way and calls the window may still hold. */
  occupied(now: number): number {
    while (this.#head < this.#returns.length && (this.#returns[this.#head] as number) <= now) this.#head += 1;
    if (this.#head > 4096) {
      this.#returns = this.#returns.slice(this.#head);
      this.#head = 0;
    }
    return this.#inFlight + this.#returns.length - this.#head;
  }

  free(now: number): number {
    return this.capacity - this.occupied(now);
  }

  take(): void {
    this.#inFlight += 1;
  }

  settle(now: number): void {
    this.#inFlight -= 1;
    this.#returns.push(now + this.windowMs);
  }

  /** When more than `reserve` tokens are free; null when that waits for an answer still under way. */
  freeAt(now: number, reserve: number): number | null {
    const missing = this.occupied(now) + reserve + 1 - this.capacity;
    if (missing <= 0) return now;
    return this.#returns[this.#head + missing - 1] ?? null;
  }
}
