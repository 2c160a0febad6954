import type { Where } from "../../../people/where";

/** Days of a condition, both included. */
export interface Span {
  from?: string;
  to?: string;
}

/** How names of a list are joined: all of them, any of them, or one alone. */
export type Joint = "and" | "or" | null;

export type Clause = {
  length: number;
  names: number[];
  /** What a word was taken for, where it could have been taken otherwise. */
  meaning?: string;
} & (
  | {
      kind: "tagged" | "without" | "place" | "bought" | "owned" | "joined";
      joint: Joint;
      no?: boolean;
      span?: Span;
      /** `cancelled the annual plan`: what they joined is over. */
      ended?: true;
      times?: Times;
      /** Only what was bought after a tag was put on, or after they were added. */
      after?: { after_tag?: string[]; within_days?: number };
      /** The tags of `after`, by their numbers among the names. */
      afterNames?: number[];
    }
  | { kind: "nothing" }
  | { kind: "since"; day: string }
  | { kind: "ordered"; from: string; to?: string }
  | { kind: "risk" }
  | { kind: "spent"; over?: number; under?: number; span?: Span }
  /** A condition of its own; `bought` says that only a buyer can meet it. */
  | { kind: "where"; where: Where; bought?: boolean }
  | { kind: "beyond"; how: string }
);

/** What the clauses before have said, which a later one may lean on. */
export interface Before {
  /** The condition just before: `last year but not this year`. */
  previous: Where | null;
  /** The tags said last: `got the guide and bought within 30 days`. */
  tags: string[] | null;
  /** Whether it was denied: `without e-mail and phone`. */
  denied?: boolean;
  /** Products said last: `bought the kiln then asked for a refund`. */
  products: string[] | null;
}

/** Numbers of orders. */
export interface Times {
  at_least: number;
  at_most?: number;
}

export const name = String.raw`(?:(?:the|a|an|any|either|both|our|of) )*(?:(?:tags?|labels?|products?|courses?|categor(?:y|ies))(?: called| named)? )?@\d+@(?: (?:tags?|label|products?|course|category|plans?))?`;
export const list = `${name}(?:(?: ?, ?(?:and |or |nor )?| or | and | nor | & | as well as )${name})*`;
export const buying =
  "(?:bought|buys?|buying|purchased?|purchasing|ordered|order|orders|ordering|owns?|owned|got|get|picked up|paid for|placed (?:an |any |their )?orders?|made (?:an? |any |their )?purchases?)";
export const no = "(?:not|never|no longer|haven't|hasn't|didn't|don't)(?: yet| ever| once| actually)*";
export const anything =
  "(?:anything|something|stuff|from us|at all|yet|again|with us|any product|a product|products)";

export const aNo =
  "(?:without|with no|have no|has no|no|lacking|missing|(?:not|never) (?:have|has|having|had))(?: an?| any| their)*";
export const withA = "(?:with|have|has|having|who have)?(?: ?(?:an?|any|some|their))*";

/** The numbers of the names in a match, or in a part of it, and how they are joined. */
export function namesIn(match: { 0: string }): { length: number; names: number[]; joint: Joint } {
  return {
    length: match[0].length,
    names: [...match[0].matchAll(/@(\d+)@/g)].map(([, digits]) => Number(digits)),
    joint: / or | nor |, or /.test(match[0])
      ? "or"
      : / and | & |, | as well as /.test(match[0])
        ? "and"
        : null,
  };
}

/** A pattern that has to begin the rest and to end with a word. */
export const begins = (pattern: string) => new RegExp(`^(?:${pattern})(?= |$|,)`, "u");

export const whereClause = (
  where: Where,
  length: number,
  more: { bought?: boolean; meaning?: string } = {},
) => ({ kind: "where", where, length, names: [], ...more }) satisfies Clause;
