/** One limit on how many runs may hold a key at once. */
export interface Slot {
  key: string;
  limit: number;
}

/** Queues work until every one of its keys has a free slot; first come, first served per key. */
export class KeyedSlots {
  private readonly held = new Map<string, number>();
  private readonly waiting: { slots: Slot[]; start: () => void }[] = [];

  /** Runs `work` when all slots are free and gives them back however it ends. */
  run<T>(slots: Slot[], work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        for (const slot of slots) this.held.set(slot.key, (this.held.get(slot.key) ?? 0) + 1);
        work()
          .then(resolve, reject)
          .finally(() => this.release(slots));
      };
      this.waiting.push({ slots, start });
      this.drain();
    });
  }

  private release(slots: Slot[]): void {
    for (const { key } of slots) {
      const left = (this.held.get(key) ?? 1) - 1;
      if (left === 0) this.held.delete(key);
      else this.held.set(key, left);
    }
    this.drain();
  }

  private drain(): void {
    // A waiter that cannot start keeps its keys reserved for the rest of this pass, so that a later waiter
    // with the same key cannot overtake it for ever.
    const reserved = new Set<string>();
    for (let index = 0; index < this.waiting.length; ) {
      const waiter = this.waiting[index];
      if (!waiter) break;
      const free = waiter.slots.every(
        (slot) => !reserved.has(slot.key) && (this.held.get(slot.key) ?? 0) < slot.limit,
      );
      if (free) {
        this.waiting.splice(index, 1);
        waiter.start();
      } else {
        for (const slot of waiter.slots) reserved.add(slot.key);
        index += 1;
      }
    }
  }
}
