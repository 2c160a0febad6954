/** How long one statement should take: whoever asks meanwhile waits for it where the database does one thing at a time. */
const stepMs = 1_200;

/**
 * How much a statement does: as much as should take stepMs, going by how long the last ones took; at most twice as much at
 * once. What a statement costs however little it does is told from two of them: asking for less would not make it shorter,
 * so at least as long (but no longer than stepMs) goes into what it does.
 */
export class Portion {
  readonly #clock: () => number;
  readonly #least: number;
  readonly #most: number;
  #last: { done: number; took: number } | undefined;
  #alone = 0;
  size: number;

  constructor(clock: () => number, size: number, least: number, most: number) {
    this.#clock = clock;
    this.size = size;
    this.#least = least;
    this.#most = most;
  }

  /** Runs the next statement, which does `done` of what was asked for. */
  async take<T>(run: () => Promise<T>, done: (answer: T) => number): Promise<T> {
    const begun = this.#clock();
    const answer = await run();
    const took = Math.max(1, this.#clock() - begun);
    const did = done(answer);
    // Less than was asked for says nothing of how long more would take, but that it took long.
    if (did >= this.size || took > stepMs) this.size = this.#fitting(did, took);
    return answer;
  }

  #fitting(done: number, took: number): number {
    const last = this.#last;
    this.#last = { done, took };
    if (last && last.done !== done) {
      const each = Math.max(0, (took - last.took) / (done - last.done));
      this.#alone = Math.max(0, Math.min(took, last.took) - each * Math.min(done, last.done));
    }
    const alone = Math.min(this.#alone, took);
    const forWork = Math.max(stepMs - alone, Math.min(alone, stepMs));
    const fitting = Math.min(this.size * 2, (done * forWork) / Math.max(1, took - alone));
    return Math.round(Math.min(this.#most, Math.max(this.#least, fitting)));
  }
}
