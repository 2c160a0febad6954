import type { Today } from "../dates";
import type { Clause } from "./clause";
import { spanAfter } from "./periods";

const paying = "(?:spent|spend|spends|paid|pay|pays|brought in|worth|generated)";
const sum = String.raw`(?:[$€£] ?)?(\d[\d,]*(?:\.\d{1,2})?) ?(k)?(?: ?(?:dollars|bucks|usd|eur|euros|gbp|pounds))?`;
const more = "more than|over|above|upwards of|greater than|north of|in excess of|>";
const less = "less than|under|below|fewer than|<";
const least = "at least|no less than|a minimum of";
const most = "at most|no more than|up to|not more than";
const inAll =
  "(?: (?:with us|in total|in all|altogether|overall|so far|ever|lifetime|all time|total|on anything))*";
const spending = new RegExp(
  `^(?:(?:have|has|had|having|who|with) )*(?:${paying}(?: (?:a total of|in total|altogether|with us|us))*|(?:a )?(?:lifetime value|lifetime spend|ltv|clv|total spend|spend)(?: of| is)?)(?: (${more}|${less}|${least}|${most}))? ?${sum}( or more| or less|\\+| plus)?(${inAll})(?= |$|,)`,
  "u",
);
const spendingBetween = new RegExp(
  `^(?:(?:have|has|had|having|who|with) )*${paying}(?: (?:a total of|in total|with us|us))* between ${sum} and ${sum}(${inAll})(?= |$|,)`,
  "u",
);
const number = (digits: string, thousands: string | undefined) =>
  Number(digits.replaceAll(",", "")) * (thousands ? 1_000 : 1);
// A cent below counts as "at least": amounts are whole cents.
const cents = (value: number) => Math.round(value * 100) / 100;

/** `spent over 500`, in all or in a period. An amount without a bound is something else. */
export function spentAt(rest: string, today: Today): Clause | null {
  const between = spendingBetween.exec(rest);
  if (between) {
    const [said, low = "0", lowK, high = "0", highK] = between;
    const { span, length } = spanAfter(rest, said.length, today);
    return {
      kind: "spent",
      over: Math.max(0, cents(number(low, lowK) - 0.01)),
      under: cents(number(high, highK) + 0.01),
      ...(span ? { span } : {}),
      length,
      names: [],
    };
  }
  const match = spending.exec(rest);
  if (!match) return null;
  const [said, bound = "", digits = "", thousands, after = ""] = match;
  const { span, length } = spanAfter(rest, said.length, today);
  const amount = number(digits, thousands);
  const is = (words: string) => new RegExp(`^(?:${words})$`).test(bound);
  const spent = (bounds: { over?: number; under?: number }): Clause => ({
    kind: "spent",
    ...bounds,
    ...(span ? { span } : {}),
    length,
    names: [],
  });
  if (is(more)) return spent({ over: amount });
  if (is(less)) return spent({ under: amount });
  if (is(least) || /more|\+|plus/.test(after)) return spent({ over: Math.max(0, cents(amount - 0.01)) });
  if (is(most) || /less/.test(after)) return spent({ under: cents(amount + 0.01) });
  return { kind: "beyond", how: "by an exact amount they paid", length, names: [] };
}
