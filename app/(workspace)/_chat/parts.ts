import type { ChatMessage } from "@/agent/chat/messages";
import type { AnyChart } from "@/analytics/charts/any-chart";
import type { QueryResult } from "@/analytics/query/result";
import type { Drawn } from "../../_charts/drawn";

/** A chart that an answer produced; `id` is stable across the stream and a reload. */
export interface ChatChart {
  id: string;
  spec: AnyChart;
  result: Drawn;
}

type Part = ChatMessage["parts"][number];

/** The chart of a part, once its tool has answered. */
export function chartOfPart(part: Part): ChatChart | null {
  if (part.type === "tool-shape" && part.state === "output-available")
    return { id: part.toolCallId, spec: part.output.chart, result: part.output.result as Drawn };
  if (part.type === "tool-cohort" && part.state === "output-available") return cohortChart(part);
  if (part.type === "tool-saved_questions" && part.state === "output-available") {
    const { run } = part.output;
    return run && { id: part.toolCallId, spec: run.chart, result: run.result as Drawn };
  }
  if (part.type !== "tool-query_metric" || part.state !== "output-available") return null;
  return { id: part.toolCallId, spec: part.output.chart, result: part.output.result as QueryResult };
}

type CohortPart = Extract<Extract<Part, { type: "tool-cohort" }>, { state: "output-available" }>;

/** The cohort tool's table as the shape it is, so that it is drawn, pinned and opened like any other. */
function cohortChart({ toolCallId, output }: CohortPart): ChatChart {
  const { kind, cohorts, definition, range, as_of, sql, copying } = output;
  const bought = kind === "purchase";
  const title = bought
    ? "Who buys again, by month of first purchase"
    : "Who still pays, by month of first subscription";
  const rows = cohorts.flatMap(({ time, time_label, size, cells }) =>
    cells.map((cell) => ({ time, time_label, size, ...cell })),
  );
  return {
    id: toolCallId,
    spec: {
      version: 1,
      title,
      shape: { shape: "retention_cohorts", kind, range: { from: range.from, to: range.to } },
      drawing: { kind: "cohort" },
    },
    result: {
      columns: [
        {
          id: "time",
          label: bought ? "First purchase" : "First paid subscription",
          kind: "time",
          unit: "date",
        },
        { id: "month", label: "Months later", kind: "dimension", unit: "number" },
        { id: "size", label: "People", kind: "metric", unit: "count" },
        { id: "people", label: bought ? "Bought" : "Still paid", kind: "metric", unit: "count" },
        { id: "rate", label: "Share", kind: "metric", unit: "ratio" },
      ],
      rows,
      totals: [],
      range,
      comparison_range: null,
      grain: null,
      currency: null,
      as_of,
      ...(copying ? { copying } : {}),
      sql,
      params: [],
      definitions: [
        {
          id: "retention_cohorts",
          version: 1,
          label: title,
          description: "",
          formula: definition,
          edge_cases: [],
        },
      ],
      row_count: rows.length,
      truncated: false,
      notes: [],
    },
  };
}

/** Every chart of a conversation with the question it answers, the newest first. */
export function chartsOf(messages: ChatMessage[]): (ChatChart & { question: string })[] {
  return messages
    .flatMap(({ parts }, index) => {
      const question = questionBefore(messages, index);
      return parts.flatMap((part) => {
        const chart = chartOfPart(part);
        return chart ? [{ ...chart, question }] : [];
      });
    })
    .reverse();
}

/** The question an answer belongs to: the latest one before it. */
export function questionBefore(messages: ChatMessage[], index: number): string {
  const question = messages.slice(0, index).findLast(({ role }) => role === "user");
  return question?.parts.map((part) => (part.type === "text" ? part.text : "")).join(" ") ?? "";
}

const running: Record<string, string> = {
  "tool-query_metric": "Computing",
  "tool-list_metrics": "Looking up the metrics",
  "tool-describe_metric": "Looking up the definition",
  "tool-pin_chart": "Pinning the chart",
  "tool-save_question": "Saving the question",
  "tool-saved_questions": "Looking at the saved questions",
  "tool-cohort": "Following the cohorts",
  "tool-shape": "Following people and money",
  "tool-find_contacts": "Looking for people",
  "tool-find_records": "Looking for records",
  "tool-get_contact": "Reading the person's record",
  "tool-search_knowledge": "Searching what was written",
  "tool-keap_lookup": "Asking Keap",
  "tool-get_board": "Reading the board",
  "tool-create_alert": "Making the alert",
  "tool-set_goal": "Setting the goal",
  "tool-list_goals": "Looking at the goals",
  "tool-create_segment": "Saving the segment",
  "tool-propose_tags": "Preparing the proposal",
  "tool-propose_update": "Preparing the proposal",
  "tool-propose_outreach": "Preparing the proposal",
};

/** What a tool that has not answered yet is doing, in words; null for a part that is not a running tool. */
export function describeRunning(part: Part): string | null {
  if (!part.type.startsWith("tool-")) return null;
  const state = (part as { state?: string }).state;
  if (state === "output-available" || state === "output-error") return null;
  const words = running[part.type] ?? `Using ${part.type.slice(5).replaceAll("_", " ")}`;
  const title =
    part.type === "tool-query_metric" && part.state === "input-available" ? part.input.title : undefined;
  return title ? `${words} ${title}…` : `${words}…`;
}

/** What a tool said when it could not do what was asked; its words are written for people. */
export function failureOf(part: Part): string | null {
  if (!part.type.startsWith("tool-")) return null;
  const { state, errorText } = part as { state?: string; errorText?: string };
  return state === "output-error" ? (errorText ?? "A step of this answer failed.") : null;
}
