import { numberWords } from "../calendar";
import type { Today } from "../dates";
import { buying, type Clause, type Joint, list, type Times } from "./clause";
import { spanAfter } from "./periods";

const count = String.raw`(\d{1,4}|${Object.keys(numberWords)
  .filter((word) => word !== "a")
  .join("|")})`;
const timesForms: [RegExp, (count: number) => Times][] = [
  [
    /^(?:only|just|exactly) once|^(?:only |just |exactly )?(?:one time|1 time|a single time)/u,
    () => ({ at_least: 1, at_most: 1 }),
  ],
  [
    /^more than once|^repeatedly|^(?:multiple|several|numerous|many|a few) (?:different |separate )?(?:times|orders|purchases)|^again and again|^over and over/u,
    () => ({ at_least: 2 }),
  ],
  [/^(?:at least|a minimum of) once/u, () => ({ at_least: 1 })],
  [/^twice or more|^at least twice/u, () => ({ at_least: 2 })],
  [/^more than twice/u, () => ({ at_least: 3 })],
  [/^(?:only |just |exactly )?twice/u, () => ({ at_least: 2, at_most: 2 })],
  [
    new RegExp(`^(?:more than|over|above) ${count} (?:times|orders?|purchases?)`, "u"),
    (n) => ({ at_least: n + 1 }),
  ],
  [
    new RegExp(`^(?:at least|a minimum of) ${count} (?:times|orders?|purchases?)`, "u"),
    (n) => ({ at_least: n }),
  ],
  [
    new RegExp(`^${count} (?:times )?(?:or more|\\+|plus)(?: times| orders?| purchases?)`, "u"),
    (n) => ({ at_least: n }),
  ],
  [new RegExp(`^${count} (?:times|orders?|purchases?) or more`, "u"), (n) => ({ at_least: n })],
  [new RegExp(`^${count} ?(?:\\+|plus) (?:times|orders?|purchases?)`, "u"), (n) => ({ at_least: n })],
  [/^(?:more than one|over one) (?:times?|orders?|purchases?)/u, () => ({ at_least: 2 })],
  [/^thrice/u, () => ({ at_least: 3, at_most: 3 })],
  [
    new RegExp(`^(?:less than|fewer than|under) ${count} (?:times|orders?|purchases?)`, "u"),
    (n) => ({ at_least: 1, at_most: n - 1 }),
  ],
  [
    new RegExp(`^(?:at most|no more than|up to) ${count} (?:times|orders?|purchases?)`, "u"),
    (n) => ({ at_least: 1, at_most: n }),
  ],
  [
    new RegExp(`^(?:only |just |exactly )?${count} (?:times|orders?|purchases?)`, "u"),
    (n) => ({ at_least: n, at_most: n }),
  ],
  [/^once/u, () => ({ at_least: 1, at_most: 1 })],
];

/** `bought more than once`, `with at least 3 orders`, `ordered the kit twice this year`. */
export function timesAt(
  rest: string,
  today: Today,
  named: (match: RegExpExecArray) => { names: number[]; joint: Joint },
): Clause | null {
  const opening = new RegExp(
    `^(?:(?:only|just) (?=(?:bought|ordered|purchased) (?:once|twice|one time)))?(?:${buying}(?: (?:anything|something|from us|with us))*(?: ${list})?|with|having|have|has|had|made|placed|who have|who made) `,
    "u",
  ).exec(rest);
  // `2+ orders`, `over 3 purchases`: nothing else is counted in orders.
  const bare = opening
    ? null
    : new RegExp(
        `^(?:(?:more than|over|above|at least|less than|fewer than|under|at most|no more than|up to|exactly|only|just) )?(?:${count}|several|multiple|numerous)(?: ?\\+| plus)?(?: or more)? (?:times|orders?|purchases?)(?= |$|,)`,
        "u",
      ).exec(rest);
  if (!opening && (!bare || / times$/.test(bare[0]))) return null;
  const only = /^(?:only|just) /.test(rest);
  const begin = opening?.[0].length ?? 0;
  for (const [pattern, timesOf] of timesForms) {
    const match = pattern.exec(rest.slice(begin));
    if (!match || !/^(?: |$|,)/.test(rest.slice(begin + match[0].length))) continue;
    const said = match[1] ?? "";
    const times = timesOf(numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : 2));
    if (/^once$/.test(match[0]) && !only && !/^bought|^ordered|^purchased/.test(rest)) continue;
    const { span, length } = spanAfter(rest, begin + match[0].length, today);
    const { names, joint } = opening ? named(opening) : { names: [], joint: null };
    if (names.length > 0) return { kind: "bought", names, joint, times, ...(span ? { span } : {}), length };
    return { kind: "where", where: { bought: [], ...times, ...span }, bought: true, length, names: [] };
  }
  return null;
}
