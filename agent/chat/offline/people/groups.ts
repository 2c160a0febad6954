import type { RfmGroup } from "@/analytics/metrics/rfm";
import type { Today } from "../dates";
import { begins, type Clause, no, whereClause } from "./clause";
import { periodBehind, spanOf } from "./periods";

const person = "(?:customers?|buyers?|clients?|people|ones|shoppers?|contacts?)";
/** RFM groups by the names people give them; a word that may be something else needs `rfm` or `group` beside it. */
const groups: [string, RfmGroup][] = [
  [`champions?(?: ${person})?`, "champions"],
  [`(?:rfm )?loyal(?: ${person}|s)`, "loyal"],
  [
    `(?:(?:in the )?(?:rfm )?(?:group |segment )?|rfm )needs? attention(?: (?:group|segment|${person}))?`,
    "needs attention",
  ],
  [`rfm (?:group |segment )?recent(?: ${person})?|recent (?:rfm )?(?:group|segment)`, "recent"],
  [`rfm (?:group |segment )?inactive(?: ${person})?|inactive rfm (?:group|segment|${person})`, "inactive"],
  [`rfm (?:group |segment )?at[- ]risk(?: ${person})?|at[- ]risk rfm (?:group|segment|${person})`, "at risk"],
];
const slipping =
  "(?: (?:that|who|which|are|is|have been|seem to be|about to be))*(?: (?:slipping|slipped|fading|faded|cooling|cooled|dropping|dropped|going cold|gone cold|lapsing|lapsed|falling|fell|sliding|slid|drifting|moving))(?: (?:away|off|down|out|back|behind|now|lately|recently))*";
const slipDays = 90;

/** `champions`, `loyal customers`, `champions that are slipping`: groups of RFM as of now. */
export function groupAt(rest: string, today: Today): Clause | null {
  const { now } = today;
  for (const [words, group] of groups) {
    const lapsed = goneFrom(rest, words, group, today);
    if (lapsed) return lapsed;
    const not = begins(`(?:${no}|no|non-?)(?: (?:an?|our|the))* (?:${words})`).exec(rest);
    if (not) return whereClause({ not: { rfm: [group] } }, not[0].length);
    const match = begins(`(?:(?:in|of|from) (?:the )?(?:rfm )?(?:group|segment) )?(?:${words})`).exec(rest);
    if (!match) continue;
    const { length } = match[0];
    const slips = new RegExp(`^${slipping}(?= |$|,)`, "u").exec(rest.slice(length));
    if (slips) {
      const on = now.minus({ days: slipDays }).toISODate() ?? "";
      return whereClause(
        { and: [{ rfm: [group], on }, { not: { rfm: [group] } }] },
        length + slips[0].length,
        { meaning: `Slipping: in that RFM group ${slipDays} days ago and not any more.` },
      );
    }
    return whereClause({ rfm: [group] }, length, {
      meaning: `I took "${match[0].trim()}" for the RFM group "${group}".`,
    });
  }
  return null;
}

/** `former champions`, `used to be loyal customers`, `champions in june no more`: in the group then, and not now. */
function goneFrom(rest: string, words: string, group: RfmGroup, today: Today): Clause | null {
  const gone =
    "(?:,? (?:but|and|who|that|which|are|is))* (?:(?:are|is) )?(?:no more|not (?:now|today|any ?more|any longer)|any ?more|no longer(?: (?:are|is|in it|now))?|left|dropped out|gone)";
  const before = begins(
    `(?:former|past|previous|ex|lost|one-?time)[- ](?:${words})|(?:no longer|not) (?:an? |our )*(?:${words}) (?:any ?more|any longer)|no longer (?:an? |our )*(?:${words})|stopped being (?:an? |our )*(?:${words})|dropped out of (?:the )?(?:${words})`,
  ).exec(rest);
  const once = new RegExp(
    `^(?:(?:used to|once) (?:be|were|was) |(?:were|was|been) )?(?:an? |our |the )*(?:${words})(?= |$|,)`,
    "u",
  ).exec(rest);
  if (!before && !once) return null;
  const start = (before ?? once)?.[0].length ?? 0;
  const asOf = rest.slice(start).replace(/^ (?:at|by) the (?:end|start|beginning) of/u, "");
  const skipped = rest.length - start - asOf.length;
  const found = periodBehind(asOf, 0, today);
  const behind = found ? start + skipped + found.length : start;
  const after = new RegExp(`^${gone}(?= |$|,)`, "u").exec(rest.slice(behind));
  const used = Boolean(once && /^(?:used to|once) /.test(once[0]));
  if (!before && !after && !used) return null;
  const span = found && spanOf(found.period, today);
  const on = (span && (span.to ?? span.from)) || (today.now.minus({ days: slipDays }).toISODate() ?? "");
  return whereClause(
    { and: [{ rfm: [group], on }, { not: { rfm: [group] } }] },
    behind + (after?.[0].length ?? 0),
    {
      meaning: `I took that as being in the RFM group "${group}" ${span ? `on ${on}` : `${slipDays} days ago`} and not any more.`,
    },
  );
}
