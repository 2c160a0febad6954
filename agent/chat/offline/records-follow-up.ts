import type { RecordKind } from "../../records/select-records";
import { numberWords } from "./calendar";
import type { Memory } from "./memory";
import { normalise } from "./normalise";
import type { PlanContext, Reply } from "./plan";
import { type Reading, readBounds, readDays, readOwners, readState } from "./plan-records";
import { Scanner } from "./scanner";
import { understand } from "./understand";

/**
 * What is asked about the deals, tasks, appointments or orders shown last: of another owner or period, in another state
 * or order, how many, what they are worth. Every word has to be placed; the rest of the list stays as it was.
 */
export function recordsAgain(question: string, memory: Memory, context: PlanContext): Reply | null {
  const { records } = memory;
  if (!records || question.length > 120) return null;
  const kind = records.kind as RecordKind;
  const { clean } = normalise(question);
  const scanner = new Scanner(clean);
  const short = clean.split(" ").length <= 8;
  if (
    !short ||
    /(?<![\p{L}])(?:revenue|sales|customers?|people|leads?|contacts?|members?|rate|tag|create|propose|pin|alert)(?![\p{L}])/u.test(
      clean,
    )
  )
    return null;
  const reading: Reading = { scanner, kind, context, meanings: [] };
  const change: Record<string, unknown> = {};
  const ranked = scanner.take(
    /(?<![\p{L}])(?:(?:sort|order|rank)(?:ed)?(?: (?:them|it|these|those))? by )?(?:the )?(biggest|largest|highest|most valuable|value|amount|size|newest|latest|most recent|oldest|longest)(?: (?:ones?|deals?|tasks?|orders?|first|on top))*(?![\p{L}])/u,
  );
  const counts = scanner.take(
    /(?<![\p{L}])(?:how many(?: (?:is|are|was|were))?(?: (?:that|those|they|there|these))?|(?:total )?(?:value|worth|count|number|sum)|total|(?:what (?:is|are) )?(?:their|the|its) (?:total )?(?:value|worth|sum)|how much (?:is|are|was|were) (?:that|they|those|it)(?: worth)?)(?![\p{L}])/u,
  );
  const sortable = ranked?.[1] ?? "";
  if (ranked) {
    change.order = /newest|latest|recent/.test(sortable)
      ? "newest"
      : /oldest|longest/.test(sortable)
        ? "oldest"
        : "value";
    if (change.order === "value" && kind !== "deal" && kind !== "order") return null;
  }
  const first = scanner.take(
    new RegExp(
      `(?<![\\p{L}\\p{N}])(?:first|top) (\\d{1,2}|${Object.keys(numberWords)
        .filter((each) => each !== "a")
        .join("|")})(?![\\p{L}\\p{N}])`,
      "u",
    ),
  );
  if (first) change.limit = numberWords[first[1] ?? ""] ?? Number(first[1]);
  const bounds = readBounds(reading);
  const state = readState(reading);
  const owners = readOwners(reading);
  if (owners === "mine") return null;
  const days = readDays(reading);
  if (typeof days === "string") return null;
  if (state) change.state = state.state;
  if (owners.length > 0) change.owner = owners;
  Object.assign(change, bounds, days);
  scanner.take(/(?<![\p{L}])(?:(?:of )?(?:them|those|these|that|they|it))(?![\p{L}])/u);
  const left = scanner.leftovers().filter((word) => !fillers.has(word.replace(/'s$/, "")));
  const asks = counts || ranked || first || bounds || state || owners.length > 0 || days.from || days.to;
  if (left.length > 0 || !asks) return null;
  const { cursor: _, ...before } = records;
  return {
    kind: "call",
    calls: [
      {
        tool: "find_records",
        input: { ...before, ...change, ...(counts && !ranked && !first ? { limit: 5 } : {}) },
      },
    ],
    meanings: [
      ...(memory.unanswered
        ? [`Your last question was not answered, so this changes the list of ${kind}s before it.`]
        : []),
      ...reading.meanings,
    ],
    understanding: understand("", context.index, context.today),
  };
}

const fillers = new Set(
  "and or the a an of for what about how now then just only show me us list please pls with in is are was were that to ones one by first on also but same ok so do does did have has we all deals deal tasks task orders order appointments appointment invoices invoice".split(
    " ",
  ),
);
