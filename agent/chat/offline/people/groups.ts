import type { RfmGroup } from "@/analytics/metrics/rfm";
import type { Today } from "../dates";
import { begins, type Clause, no, whereClause } from "./clause";

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
export function groupAt(rest: string, { now }: Today): Clause | null {
  for (const [words, group] of groups) {
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
