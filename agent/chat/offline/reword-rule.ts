const edge = "(?<![\\p{L}\\p{N}'-])";
const end = "(?![\\p{L}\\p{N}'-])";

/** Whole words of a question, in either case, and what they are put as. */
export const rule = (source: string, to: string): [RegExp, string] => [
  new RegExp(`${edge}(?:${source})${end}`, "giu"),
  to,
];
