/** A weighted choice: the value and how often it comes, relative to the others. */
export type Weighted<T> = readonly (readonly [value: T, weight: number])[];

/**
 * A small seeded random source (sfc32). Same seed and labels give the same numbers on every machine, and
 * each person and subject draws from a source of its own: more notes for one person change nobody's orders.
 */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [from, to], both included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  weighted<T>(choices: Weighted<T>): T;
  /** Standard normal deviate. */
  normal(): number;
  /** Exponential deviate with the given mean. */
  exponential(mean: number): number;
  /** Gamma deviate (Marsaglia and Tsang 2000), shape > 0. */
  gamma(shape: number, scale: number): number;
  beta(a: number, b: number): number;
}

function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hashLabel(hash: number, label: string | number): number {
  if (typeof label === "number") return mix(mix(hash, label >>> 0), Math.floor(label / 0x1_0000_0000));
  let h = hash;
  for (let i = 0; i < label.length; i++) h = mix(h, label.charCodeAt(i) + i * 0x9e37);
  return h;
}

/** A random source for a seed and any labels ("contact", 17): different labels, independent numbers. */
export function createRandom(...labels: (string | number)[]): Random {
  return new Sfc32(labels.reduce<number>(hashLabel, 0x9e3779b9));
}

/** Small Fast Counter, 32 bits (C. Doty-Humphrey, PractRand). A class: one is made for each person and subject. */
class Sfc32 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed;
    this.#b = mix(seed, 0x243f6a88);
    this.#c = mix(this.#b, 0xb7e15162);
    for (let i = 0; i < 12; i++) this.next();
  }

  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  }

  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  weighted<T>(choices: Weighted<T>): T {
    let total = 0;
    for (const choice of choices) total += choice[1];
    let at = this.next() * total;
    for (const choice of choices) {
      at -= choice[1];
      if (at < 0) return choice[0];
    }
    return (choices[choices.length - 1] as readonly [T, number])[0];
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  gamma(shape: number, scale: number): number {
    if (shape < 1) return this.gamma(shape + 1, scale) * (1 - this.next()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.next()) < 0.5 * x * x + d - d * v + d * Math.log(v))
        return d * v * scale;
    }
  }

  beta(p: number, q: number): number {
    const x = this.gamma(p, 1);
    return x / (x + this.gamma(q, 1));
  }
}
