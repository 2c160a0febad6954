import { getMetric } from "@/analytics/metrics/catalog";
import type { Filter, Query } from "@/analytics/query/query";
import { dimensionPhraseTable } from "../../lexicon";
import type { Memory } from "../../memory";
import type { Reply } from "../../plan";
import type { Understanding } from "../../understand";
import { call } from "../set-form";
import { reply, type Shown } from "./shown";
import { why } from "./words";

/** `how much in total` after who owes, `why` after who left: the number of the list that was shown. */
export function turnOfList(
  said: string,
  question: string,
  memory: Memory,
  read: () => Understanding,
): Reply | null {
  const shown = { read, said: question.trim().replace(/"/g, "") };
  const where = memory.people && Object.keys(memory.people).length === 1 ? memory.people.where : undefined;
  const one = where as Record<string, unknown> | undefined;
  if (one && one.is === "owes" && Object.keys(one).length === 1 && inAll.test(said))
    return reply(
      shown,
      [call({ metrics: ["receivable"], range: { preset: "today" } }, undefined)],
      [`"${shown.said.slice(0, 60)}": what all of them owe now.`],
    );
  const left = one && one.subscription === "ended" && Object.keys(one).every((key) => leaverKeys.has(key));
  if (left && (why.test(said) || whyLeft.test(said))) {
    const from = typeof one.from === "string" ? one.from : undefined;
    const range: Query["range"] = from
      ? { from, to: typeof one.to === "string" ? one.to : "2100-12-31" }
      : { preset: "all_time" };
    return reply(
      shown,
      [call({ metrics: ["subscribers_lost"], dimensions: ["stop_reason"], range }, undefined)],
      [
        `The reasons of those days ("${shown.said.slice(0, 60)}") are what was written down with each; unknown are those without one.`,
      ],
    );
  }
  const { records } = memory;
  if (records && (records.kind === "deal" || records.kind === "order") && inAll.test(said))
    return reply(
      shown,
      [{ tool: "find_records", input: records }],
      [`"${shown.said.slice(0, 60)}": what they come to stands above the list.`],
    );
  const steps = memory.shape?.shape === "funnel" ? (memory.shape.steps ?? []).map(stepName) : [];
  return steps.join(",") === "lead,purchase" ? conversionBy(said, shown, memory) : null;
}

const inAll =
  /^(?:how much|what)(?: (?:is|are|was|were|do|does)(?: (?:that|it|they|those|these|them|all))?)?(?: (?:owe|worth|come to|make))?(?: (?:us|in total|altogether|in all|all together|together|overall|worth|money))*$|^worth (?:how much|what)$|^(?:what|which|the|their)? ?(?:total |combined )?(?:value|worth|amount|sum|total)(?: (?:owed|of (?:them|those|these|it)|in all))?$|^(?:in|for how much) ?(?:money|total|dollars)?$/;
const leaverKeys = new Set(["subscription", "from", "to"]);
const whyLeft =
  /^(?:why|how come|for what reasons?|what made) (?:did )?(?:they|those|these|them|those people|these people)(?: all)? (?:leave|left|quit|cancel(?:l?ed)?|go|stop|end(?: their membership)?)$/;

const stepName = (step: unknown): string =>
  typeof step === "string" ? step : String((step as { kind?: unknown } | null)?.kind ?? "");

/** `by source` after the share of leads that buy: the registered rate, which counts the same 90 days. */
function conversionBy(said: string, shown: Pick<Shown, "read" | "said">, { shape }: Memory): Reply | null {
  const by = /^(?:by|per|split by|for each|broken down by) (?<split>[a-z ]+)$/.exec(said)?.groups?.split;
  const split = by && dimensionPhraseTable().find(({ phrase }) => phrase === by)?.id;
  const metric = "lead_conversion_rate";
  if (!split || !getMetric(metric)?.dimensions.some((known) => known === split)) return null;
  const { range, filters } = shape as { range?: Query["range"]; filters?: Filter };
  return reply(
    shown,
    [
      call(
        {
          metrics: [metric],
          dimensions: [split],
          range: range ?? { last: 12, unit: "month", including_current: true },
          ...(filters ? { filters } : {}),
        },
        undefined,
      ),
    ],
    [`Of each ("${shown.said.slice(0, 60)}") the share of the leads that bought within 90 days.`],
  );
}
