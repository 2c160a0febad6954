import { getMetric } from "@/analytics/metrics/catalog";
import type { FoundName } from "../read-names";
import type { DimensionsReading } from "../read-shape";
import type { Scanner } from "../scanner";
import { canNarrow } from "./settle-names";

/** What one of several groups that are set side by side is narrowed by. */
export interface Side {
  names: FoundName[];
}

const contrast =
  /(?<![\p{L}])(?:vs|versus|against|compared? (?:to|with)?|comparing|comparison|compare|difference between|as opposed to|than)(?![\p{L}])/u;
/** Which of two, where an `or` joins them. */
const oneOfThem =
  /(?<![\p{L}])(?:who|which|whose)(?![\p{L}]).*¤[, ]+or (?:the |our )?¤|(?<![\p{L}])(?:more|most|better|best|higher|highest|bigger|fewer|less)(?![\p{L}]).*¤[, ]+or (?:the |our )?¤|¤ or (?:the |our )?¤.*(?<![\p{L}])(?:more|most|better|best|higher|highest|bigger|fewer|less)(?![\p{L}])/u;
/** Between two names, so that neither a period nor a number is meant. */
const between =
  /¤ (?:[\p{L}']+ ){0,4}(?:vs|versus|against|compared (?:to|with)|as opposed to|than) (?:[\p{L}']+ ){0,4}¤/u;
/** A comparison whose other side goes without saying. */
const implied =
  /(?<![\p{L}])(?:longer|more often)(?= *$| (?:with us|on average|than the rest|this|last|in))/u;
const others =
  "(?:(?:the |all )?(?:those|people|members|subscribers|customers|leads|contacts|ones|everyone|everybody|anyone|folks) )?(?:(?:who|that) )?(?:(?:did|do|does|have|has|had|are|were|was|is) not(?: have| hold)?(?: it| that| so)?|not|without(?: it)?|never did|(?:the )?rest(?: of (?:the )?world)?|everyone else|everybody else|everywhere else|everything else|anything else|elsewhere|the others?|all others?|(?:all )?other (?:countries|states|regions|sources|channels|products|tags|people|customers|leads))";

/** `with and without the tag X`, `X vs those who did not`: the same name once held and once not. */
function readOpposite(scanner: Scanner, names: FoundName[]): Side[] | undefined {
  const [lone, second] = names;
  const turned =
    names.find(({ kind }) => kind === "tag" || kind === "product") ?? (second ? undefined : lone);
  if (!turned) return undefined;
  const both = scanner.take(
    /(?<![\p{L}])with (?:and|or|vs|versus|compared to|against)(?= (?:without |the |a |an |our )*¤)/u,
  );
  const after = both
    ? null
    : scanner.take(
        new RegExp(
          `(?<=¤(?: tags?)? )(?:and |or )?(?:vs|versus|or|and|compared (?:to|with)|against|than) ${others}(?![\\p{L}])`,
          "u",
        ),
      );
  if (!both && !after) return undefined;
  scanner.take(/(?<![\p{L}])without(?= (?:the |a |an |our )*¤)/u);
  return [{ names: [{ ...turned, negated: false }] }, { names: [{ ...turned, negated: true }] }];
}

/**
 * Groups set side by side. Two names of a kind that the number can be split by are a split between them; anything else
 * (plans that bill alike, with and without a tag, a country against a tag) is a question of its own for each.
 */
export function readContrast(
  scanner: Scanner,
  names: FoundName[],
  splits: DimensionsReading,
  metrics: readonly string[],
  row = false,
): Side[] | undefined {
  const opposite = readOpposite(scanner, names);
  if (opposite) {
    while (scanner.take(contrast));
    return opposite;
  }
  const groups = [...new Set(names.flatMap(({ group, kind }) => (group && kind === "plan" ? [group] : [])))];
  if (groups.length > 1) {
    while (scanner.take(contrast));
    scanner.take(/(?<=¤ )(?:or|and)(?= )/u);
    return groups.slice(0, 4).map((group) => ({ names: names.filter((name) => name.group === group) }));
  }
  // `do people who completed onboarding stay longer`: longer than those who did not.
  const [lone, second] = names;
  if (
    lone &&
    !second &&
    !lone.negated &&
    (lone.kind === "tag" || lone.kind === "product") &&
    scanner.take(implied)
  )
    return [{ names: [lone] }, { names: [{ ...lone, negated: true }] }];
  const kinds = names.filter(({ negated }) => !negated).map(({ kind }) => kind);
  const twice = [...new Set(kinds.filter((kind, at) => kinds.indexOf(kind) !== at))];
  // `who won more, Nadia or Ben`; `Facebook, Google and Instagram by quarter` are lines of their own.
  const which = twice.length > 0 && scanner.find(oneOfThem);
  const rowOfThem = row && twice.length > 0 && kinds.filter((kind) => kind === twice[0]).length > 2;
  if (kinds.length < 2 || !(scanner.find(contrast) || which || rowOfThem)) return undefined;
  const [first] = twice;
  if (!first && (kinds.length > 2 || !between.test(scanner.rest))) return undefined;
  while (scanner.take(contrast));
  if (!first) return names.map((name) => ({ names: [name] }));
  const splittable = metrics.every((id) => getMetric(id)?.dimensions.includes(first));
  if (!splittable && canNarrow(first, metrics))
    return names.filter(({ kind }) => kind === first).map((name) => ({ names: [name] }));
  for (const kind of twice) if (!splits.ids.includes(kind)) splits.ids.push(kind);
  return undefined;
}

/** The names that hold for every one of the groups set side by side. */
export function commonNames({ names, sides }: { names: FoundName[]; sides?: Side[] }): FoundName[] {
  const own = (sides ?? []).flatMap((side) => side.names);
  return names.filter(({ kind, value }) => !own.some((each) => each.kind === kind && each.value === value));
}
