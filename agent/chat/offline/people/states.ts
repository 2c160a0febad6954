import type { Where } from "../../../people/where";
import type { Today } from "../dates";
import { aNo, type Clause, withA } from "./clause";
import { spanAfter } from "./periods";

/** What people are, and are not. `yes` comes after its own negation is looked for. */
const stateForms: { yes: string; no?: string; where: Where; bought?: boolean }[] = [
  {
    // Who never had one never paid for one; who has none now may have had one.
    yes: "(?:have |has )?never (?:had|bought|taken out|took out|held|owned|been on|been in|paid for|signed up for) (?:an? |any |the |our )*(?:subscriptions?|memberships?)|(?:have |has |was |were )?never (?:been )?(?:an? )?(?:members?|subscribers?|subscribed|joined a (?:plan|membership)|became an? (?:member|subscriber)|become an? (?:member|subscriber))(?! (?:to|in|this|last|since|for) )",
    where: { not: { is: "ever_subscribed" } },
  },
  {
    yes: `(?:former|past|previous|ex|cancelled|canceled|churned|lapsed|old|lost)[- ](?:subscribers?|members?)|(?:cancelled|canceled|ended|stopped|quit|dropped)(?: (?:their|the|a|our))? (?:subscriptions?|memberships?)|(?:cancelled|canceled|churned)(?= |$)(?! (?:in|last|this|since|on|during|before|after))`,
    where: { and: [{ is: "ever_subscribed" }, { not: { is: "subscriber" } }] },
  },
  {
    yes: `(?:(?:active|current|currently|paying|existing) )*(?:subscribers?|members?|subscribed(?! to @))(?: (?:now|currently|right now))?|${withA} ?(?:active|current|paying|running|live|valid|ongoing) (?:subscriptions?|memberships?)|(?:running |active |paying )?subscriptions?(?= |$)|(?:on|with|have|has|having)(?: an?| our| the)? (?:subscriptions?|memberships?)`,
    no: `(?:not|never|no longer|non-?)(?: (?:a|an|active|current|currently|paying))* ?(?:subscribers?|members?|subscribed)|${aNo} (?:active |current |paying )*(?:subscriptions?|memberships?)`,
    where: { is: "subscriber" },
  },
  {
    yes: "(?:still )?(?:pays?|paying) us(?: (?:monthly|every month|regularly|now))?|still paying",
    where: { is: "subscriber" },
  },
  {
    yes: `${withA} ?(?:overdue|late) (?:tasks?|to-?dos?|follow-?ups?)`,
    no: `${aNo} (?:overdue|late) (?:tasks?|to-?dos?|follow-?ups?)`,
    where: { is: "task_overdue" },
  },
  {
    yes: `${withA} ?(?:(?:open|pending|outstanding) )+(?:tasks?|to-?dos?|follow-?ups?)|(?:with|have|has|having) (?:an? |any |some )?(?:tasks?|to-?dos?)`,
    no: `${aNo} (?:(?:open|pending|outstanding) )*(?:tasks?|to-?dos?|follow-?ups?)`,
    where: { is: "task_open" },
  },
  {
    // Who has yet to pay owes something; who never paid anything may owe nothing.
    yes: "(?:have |has )?(?:still )?not (?:yet )?paid(?: us)?(?: yet| so far| (?:their|the|an?) (?:bills?|invoices?))?(?= *$|,| and | but )|(?:have |has )?(?:still|yet) to pay|(?:still )?(?:have|has|need|needs) to pay(?: us)?(?: (?:something|money|anything))?(?= *$|,| and | but )",
    where: { is: "owes" },
  },
  {
    yes: "(?:have |has )?(?:never|not) paid(?: us)?(?: (?:anything|a (?:cent|penny|dime)|yet|at all|for anything))*(?= |$|,)(?! (?:their|the|an?|our|in|since|last|this|for|by))|paid (?:us )?nothing|spent nothing|(?:never|not) spent (?:anything|a (?:cent|penny|dime)|any money)",
    where: { not: { paid_over: 0 } },
  },
  {
    yes: "(?:with|have|has|having) (?:an? |any )*(?:open|running|active) (?:deals?|opportunit(?:y|ies))",
    no: `${aNo} (?:open|running|active) (?:deals?|opportunit(?:y|ies))`,
    where: { deal: "open" },
  },
  ...(["won", "lost"] as const).map((deal) => ({
    yes: `(?:with|have|has|having) (?:an? |any )*${deal} (?:deals?|opportunit(?:y|ies))|(?:whose|their) (?:deals?|opportunit(?:y|ies)) (?:(?:we|was|were|is|got) )*${deal}|(?:we )?${deal} (?:an? |any |the )*(?:deals?|opportunit(?:y|ies))(?: (?:with|to|for))?`,
    no: `${aNo} ${deal} (?:deals?|opportunit(?:y|ies))`,
    where: { deal },
  })),
  {
    yes: "(?:an? )(?:paying )?(?:customer|buyer|client)(?: yet)?|paying (?:customers|clients|buyers)",
    no: "(?:not|never|no longer)(?: (?:an?|yet|yet an?|paying))* (?:customers?|buyers?|clients?)(?: yet)?|non[- ]?(?:customers?|buyers?|purchasers?)",
    where: { is: "customer" },
    bought: true,
  },
  { yes: "(?:active|current) (?:customers|buyers|clients)", where: { is: "active_customer" }, bought: true },
  {
    yes: "(?:lapsed|inactive|dormant|lost|former|past) (?:customers|buyers|clients)|(?:have |has )?(?:stopped|quit) (?:buying|ordering|purchasing|shopping)(?: (?:from us|with us|anything|things|stuff|altogether))*|(?:have |has |is )?(?:gone|went|go) (?:quiet|cold|silent|inactive|missing|dark)|drifted away|(?:have |has )?lapsed",
    where: { is: "lapsed_customer" },
    bought: true,
  },
  {
    yes: "(?:repeat|multiple|multi-?time) (?:customers?|buyers?|purchasers?|clients?)",
    where: { bought: [], at_least: 2 },
    bought: true,
  },
  {
    yes: "(?:one[- ]time|single|one[- ]off|one and done) (?:customers?|buyers?|purchasers?|clients?)",
    where: { bought: [], at_least: 1, at_most: 1 },
    bought: true,
  },
  {
    yes: "(?:(?:have |has |are )?(?:unsubscribed|opted[- ]out)|unsubscribers?|unsubs|opt[- ]outs?)(?: (?:from (?:our |the )?(?:e-?mails?|list|newsletter)|people))?(?! (?:in|last|this|since|on|during|before|after))",
    no: "(?:not|never)(?: (?:have|has))? (?:unsubscribed|opted[- ]out)",
    where: { is: "unsubscribed" },
  },
  {
    // Who has an address that must not be used any more; without one nobody ever could be mailed.
    yes: "not (?:(?:we|you|i|be) )*(?:allowed to )?(?:e-?mail(?:ed|able)?|mail(?:ed)?|write to|reach(?:ed)? by e-?mail|contact(?:ed)? by e-?mail)(?: (?:any ?more|any longer|now))*|no longer (?:be )?(?:e-?mailed|mailed|mailable|emailable)|never (?:mailable|emailable)",
    where: { and: [{ is: "has_email" }, { not: { is: "mailable" } }] },
  },
  {
    yes: "(?:mailable|marketable|emailable|opted[- ]in|(?:(?:we|i|you) )?(?:can|may|are allowed to|could) (?:still )?(?:be )?(?:e-?mail(?:ed)?|mail(?:ed)?|write to|reach by e-?mail)|subscribed to (?:our |the )?(?:e-?mails?|newsletters?|list|mailing list)|on (?:our|the) (?:mailing|e-?mail) list|(?:can|may) be (?:e-?mailed|mailed))",
    no: "(?:not|un)[- ]?(?:mailable|marketable|emailable)|not opted[- ]in|(?:can|may) not be (?:e-?mailed|mailed)",
    where: { is: "mailable" },
  },
  {
    yes: `(?:with|have|has|having) (?:an? |any )?e-?mails?(?: address(?:es)?)?(?: on file)?(?= |$|,)(?! (?:at|from|ending|ends|opens?|clicks?) )`,
    no: `${aNo} e-?mails?(?: address(?:es)?)?(?: on file)?`,
    where: { is: "has_email" },
  },
  {
    yes: "(?:with|have|has|having|holding) (?:any|some|at least one) tags?|tagged (?:at all|with anything)",
    no: `${aNo} tags?(?: at all)?|untagged|not tagged(?: at all| with anything)?(?= |$)(?! (?:with|as) @)(?! @)`,
    where: { is: "tagged" },
  },
  {
    yes: `(?:an? |any |some )?(?:invoices?|payments?|bills?|balances?)(?: (?:that|which|is|are))* (?:overdue|late|past[- ]due)|(?:overdue|past[- ]due|late|behind)(?: (?:with|on|in))?(?: (?:their|a|an))?(?: (?:payments?|invoices?|bills?|paying))?|${withA} ?(?:overdue|past[- ]due|late) (?:invoices?|payments?|balances?|bills?|orders?)`,
    no: `${aNo} (?:overdue|past[- ]due|late) (?:invoices?|payments?|balances?|bills?|orders?)`,
    where: { is: "overdue" },
  },
  {
    yes: `(?:still )?(?:owes?|owing)(?: us)?(?: (?:money|anything|something|a balance))?|${withA} ?(?:unpaid|open|outstanding) (?:invoices?|balances?|orders?|bills?|amounts?)|(?:not|never) paid (?:their |the |an? )?(?:invoices?|bills?|orders?)`,
    no: `${aNo} (?:unpaid|open|outstanding) (?:invoices?|balances?|orders?|bills?|amounts?)|not (?:owe|owing)(?: us)?(?: (?:money|anything))?`,
    where: { is: "owes" },
  },
];
const states = stateForms.map((form) => ({
  ...form,
  yes: new RegExp(`^(?:${form.yes})(?= |$|,)`, "u"),
  no: form.no ? new RegExp(`^(?:${form.no})(?= |$|,)`, "u") : null,
}));

export function stateAt(rest: string, today: Today): Clause | null {
  for (const { yes, no: not, where, bought } of states) {
    const negated = not?.exec(rest);
    if (negated) return { kind: "where", where: { not: where }, length: negated[0].length, names: [] };
    const said = yes.exec(rest);
    if (!said) continue;
    // `repeat customers this year`: so many orders in that period.
    const { span, length } =
      "bought" in where || "deal" in where
        ? spanAfter(rest, said[0].length, today)
        : { span: undefined, length: said[0].length };
    return {
      kind: "where",
      where: span ? ({ ...where, ...span } as Where) : where,
      ...(bought ? { bought } : {}),
      length,
      names: [],
    };
  }
  return null;
}
