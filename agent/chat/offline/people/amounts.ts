import { numberWords } from "../calendar";
import type { Today } from "../dates";
import type { Clause } from "./clause";
import { whereClause } from "./clause";
import { spanAfter } from "./periods";

const paying = "(?:spent|spend|spends|spending|paid|pay|pays|brought in|worth|generated|dropped|shelled out)";
const sum = String.raw`(?:[$€£] ?)?(\d[\d,]*(?:\.\d{1,2})?) ?(k)?(?: ?(?:dollars|bucks|usd|eur|euros|gbp|pounds))?`;
const more = "more than|over|above|upwards of|greater than|north of|in excess of|>";
const less = "less than|under|below|fewer than|<";
const least = "at least|no less than|a minimum of";
const most = "at most|no more than|up to|not more than";
const inAll =
  "(?: (?:with us|in total|in all|altogether|overall|so far|ever|lifetime|all time|total|on anything))*";
const spending = new RegExp(
  `^(?:(?:have|has|had|having|who|with|used to|once|ever) )*(?:${paying}(?: (?:a total of|in total|altogether|with us|us))*|(?:an? |the )?(?:(?:customer )?lifetime (?:value|spend|spending|revenue)|ltv|clv|total (?:spend|spending|value|revenue)|all[- ]time spend|spend(?:ing)?)(?: of| is)?)(?: (${more}|${less}|${least}|${most}))? ?${sum}( or more| or less| or over| and up| and above| upwards|\\+| plus)?(${inAll})(?= |$|,)`,
  "u",
);
const spendingBetween = new RegExp(
  `^(?:(?:have|has|had|having|who|with|used to|once|ever) )*${paying}(?: (?:a total of|in total|with us|us|somewhere|anywhere|from|something like))*(?: between)? ${sum} ?(?:and|to|-|–|through) ?${sum}(${inAll})(?= |$|,)`,
  "u",
);
/** `less than $200`, `over 1k in total`: money by its sign or by what stands behind it. */
const coin = "(?: ?(?:dollars|bucks|usd|eur|euros|gbp|pounds))";
const measure =
  "(?: (?:in total|in all|altogether|overall|total|lifetime|all[- ]time|spent|(?:lifetime|total) (?:spend|value|revenue)|(?:in|of) (?:(?:total|lifetime|all[- ]time) )?(?:spend|spending|revenue|purchases|payments|sales|value|ltv))(?: (?:in total|so far|with us|overall))?)";
const figure = String.raw`(\d[\d,]*(?:\.\d{1,2})?) ?(k)?`;
const bareSum = new RegExp(
  `^(?:(?:with|have|has|had|having|an?|at|of|total|totals?|totall?ing|for) )*(${more}|${less}|${least}|${most}) ?(?:[$€£] ?${figure}${coin}?${measure}?|${figure}(?:${coin}${measure}?|${measure}))(?= |$|,)`,
  "u",
);
const orderOf =
  "(?:(?:placed|made|with|have|has|had|having) )?(?:(?:an?|any|one|a single|single|at least one) )*(?:orders?|purchases?|invoices?)(?: (?:that (?:was|were|is|are)|of|worth|for|was|were))*";
const orderSize = new RegExp(`^${orderOf} (${more}|${less}|${least}|${most}) ?${sum}(?= |$|,)`, "u");
const owing = new RegExp(
  `^(?:still )?(?:owes?|owing|(?:with|have|has|having)(?: an?| any)* (?:outstanding |open |unpaid )*(?:balances?|debts?)(?: of)?|(?:with|have|has|having)(?: an?| any)* (?:outstanding |open |unpaid )+invoices?(?: of| for| worth)?)(?: us)? (${more}|${least}) ?${sum}(?= |$|,)`,
  "u",
);
const lateBy =
  /^(?:(?:owes?|owing|are|is|have|has|with|an?|any) )*(?:us )?(?:(?:money|anything|something|invoices?|payments?|bills?|balances?) )?(?:(?:that|which) )?(?:(?:are|is|have been|has been|for|by) )*(?:(?:overdue|past due|late|unpaid|outstanding|open)(?: (?:by|for|since))? )?(?:(?:by|for) )?(more than|over|at least|longer than|older than) (\d{1,3}|[a-z]+) (day|week|month)s?(?: (?:late|overdue|past due|old|behind|ago))*(?: (?:with|on|in) (?:an?|their|the|any) (?:payments?|invoices?|bills?))?(?= |$|,)/u;
const lateWord =
  /(?:owe|owing|overdue|past due|late|unpaid|outstanding|behind|invoice|bill|balance|payment)/u;
const number = (digits: string, thousands: string | undefined) =>
  Number(digits.replaceAll(",", "")) * (thousands ? 1_000 : 1);
// A cent below counts as "at least": amounts are whole cents.
const cents = (value: number) => Math.round(value * 100) / 100;

/** `an order over 500`, `owe more than 200`, `more than 30 days late`: amounts and ages of single orders and debts. */
export function amountAt(rest: string, today: Today): Clause | null {
  const order = orderSize.exec(rest);
  if (order) {
    const [said, bound = "", digits = "", thousands] = order;
    const { span, length } = spanAfter(rest, said.length, today);
    return whereClause({ ...sizeOf(bound, number(digits, thousands)), ...span }, length, { bought: true });
  }
  const debt = owing.exec(rest);
  if (debt) {
    const [said, bound = "", digits = "", thousands] = debt;
    const amount = number(digits, thousands);
    const owes_over = new RegExp(`^(?:${least})$`).test(bound) ? Math.max(0, cents(amount - 0.01)) : amount;
    return whereClause({ owes_over }, said.length);
  }
  const late = lateBy.exec(rest);
  if (late && lateWord.test(late[0])) {
    const [said, how = "", count = "", unit = "day"] = late;
    const times = numberWords[count] ?? (/^\d+$/.test(count) ? Number(count) : Number.NaN);
    if (!(times > 0)) return null;
    const days = times * ({ day: 1, week: 7, month: 30 }[unit] ?? 1);
    return whereClause({ overdue_days: how === "at least" ? Math.max(0, days - 1) : days }, said.length);
  }
  return null;
}

/** Bounds of one order; a cent below counts as "at least". */
function sizeOf(bound: string, amount: number) {
  const is = (words: string) => new RegExp(`^(?:${words})$`).test(bound);
  if (is(more)) return { order_over: amount };
  if (is(less)) return { order_under: amount };
  if (is(least)) return { order_over: Math.max(0, cents(amount - 0.01)) };
  return { order_under: cents(amount + 0.01) };
}

/** `spent over 500`, in all or in a period. An amount without a bound is something else. */
export function spentAt(rest: string, today: Today): Clause | null {
  const between = spendingBetween.exec(rest);
  if (between) {
    const [said, low = "0", lowK, high = "0", highK] = between;
    const { span, length } = spanAfter(rest, said.length, today);
    return {
      kind: "spent",
      // `1-2k` are thousands both.
      over: Math.max(
        0,
        cents(number(low, lowK ?? (number(low, lowK) < Number(high) ? highK : undefined)) - 0.01),
      ),
      under: cents(number(high, highK) + 0.01),
      ...(span ? { span } : {}),
      length,
      names: [],
    };
  }
  const bare = bareSum.exec(rest);
  if (bare) {
    const [said, bound = "", signed, signedK, plain, plainK] = bare;
    const value = number(signed ?? plain ?? "0", signedK ?? plainK);
    const is = (words: string) => new RegExp(`^(?:${words})$`).test(bound);
    const { span, length } = spanAfter(rest, said.length, today);
    return {
      kind: "spent",
      ...(is(more) ? { over: value } : is(least) ? { over: Math.max(0, cents(value - 0.01)) } : {}),
      ...(is(less) ? { under: value } : is(most) ? { under: cents(value + 0.01) } : {}),
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
  if (is(least) || /more|\+|plus|over|up|above/.test(after))
    return spent({ over: Math.max(0, cents(amount - 0.01)) });
  if (is(most) || /less/.test(after)) return spent({ under: cents(amount + 0.01) });
  return { kind: "beyond", how: "by an exact amount they paid", length, names: [] };
}
