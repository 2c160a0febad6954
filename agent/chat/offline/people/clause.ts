import type { Where } from "../../../people/where";

/** Days of a condition, both included. */
export interface Span {
  from?: string;
  to?: string;
}

/** How names of a list are joined: all of them, any of them, or one alone. */
export type Joint = "and" | "or" | null;

export type Clause = { length: number; names: number[] } & (
  | {
      kind: "tagged" | "without" | "place" | "bought";
      joint: Joint;
      no?: boolean;
      span?: Span;
      times?: Times;
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

/** Numbers of orders. */
export interface Times {
  at_least: number;
  at_most?: number;
}

export const name = String.raw`(?:(?:the|a|an|any|either|both|our|of) )*(?:(?:tags?|labels?|products?|courses?)(?: called| named)? )?@\d+@(?: (?:tags?|label|products?|course))?`;
export const list = `${name}(?:(?: ?, ?(?:and |or |nor )?| or | and | nor | & | as well as )${name})*`;
export const buying =
  "(?:bought|buys?|buying|purchased?|purchasing|ordered|order|orders|ordering|owns?|owned|got|get|picked up|paid for|placed (?:an |any |their )?orders?|made (?:an? |any |their )?purchases?)";
export const no = "(?:not|never|no longer|haven't|hasn't|didn't|don't)(?: yet| ever| once| actually)*";
export const anything =
  "(?:anything|something|stuff|from us|at all|yet|again|with us|any product|a product|products)";

export const aNo =
  "(?:without|with no|have no|has no|no|lacking|missing|(?:not|never) (?:have|has|having|had))(?: an?| any| their)*";
export const withA = "(?:with|have|has|having|who have)?(?: ?(?:an?|any|some|their))*";
