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
  let a = labels.reduce<number>(hashLabel, 0x9e3779b9);
  let b = mix(a, 0x243f6a88);
  let c = mix(b, 0xb7e15162);
  let d = 1;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();

  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const normal = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  };
  const gamma = (shape: number, scale: number): number => {
    if (shape < 1) return gamma(shape + 1, scale) * (1 - next()) ** (1 / shape);
    const d0 = shape - 1 / 3;
    const c0 = 1 / Math.sqrt(9 * d0);
    for (;;) {
      const x = normal();
      const v = (1 + c0 * x) ** 3;
      if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d0 - d0 * v + d0 * Math.log(v)) return d0 * v * scale;
    }
  };
  return {
    next,
    int,
    normal,
    gamma,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
    weighted: <T>(choices: Weighted<T>) => {
      let total = 0;
      for (const choice of choices) total += choice[1];
      let at = next() * total;
      for (const choice of choices) {
        at -= choice[1];
        if (at < 0) return choice[0];
      }
      return (choices[choices.length - 1] as readonly [T, number])[0];
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
    beta: (p, q) => {
      const x = gamma(p, 1);
      return x / (x + gamma(q, 1));
    },
  };
}
